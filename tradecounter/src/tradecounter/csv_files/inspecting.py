"""Looks a file through from end to end before anything of it is sent."""

import codecs
import gzip
import hashlib
import io
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tradecounter.csv_files.faults import BadFile

_CHUNK = 1 << 20
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_WIDE = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}


@dataclass(frozen=True, slots=True)
class Inspected:
    """A file that is UTF-8 text from end to end.

    Attributes:
        fingerprint: SHA-256 of its content, decompressed.
        lines: How many lines it has, about.
    """

    fingerprint: str
    lines: int


def inspect(path: Path) -> Inspected:
    """Read the whole file once.

    Raises:
        BadFile: It is not there, a pipe, empty, cut off, or not UTF-8; the message names the
            encoding that it seems to have and, where the two differ first, the line.
    """
    if path.exists() and not (path.is_file() or path.is_dir()):
        detail = "this is no file that can be read twice; write it to one first"
        raise BadFile(f"{path}: {detail}")
    digest, decoder = hashlib.sha256(), codecs.getincrementaldecoder("utf-8")()
    feeds = returns = size = 0
    last = b""
    with reading(path), opened(path) as file:
        while chunk := file.read(_CHUNK):
            if not size:
                _look_at_the_beginning(path, chunk)
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                whole = error.object
                line = 1 + feeds + whole[: error.start].count(b"\n")
                raise BadFile(_not_utf8(path, line)) from error
            digest.update(chunk)
            size, last = size + len(chunk), chunk[-1:]
            feeds, returns = feeds + chunk.count(b"\n"), returns + chunk.count(b"\r")
    if not size:
        raise BadFile(f"{path}: the file is empty")
    if decoder.getstate()[0]:
        raise BadFile(_not_utf8(path, 1 + feeds))
    open_ended = last not in {b"\n", b"\r"}
    return Inspected(digest.hexdigest(), max(feeds, returns) + open_ended)


@contextmanager
def reading(path: Path) -> Generator[None]:
    """Tell of what the file system or the decompression cannot read as ``BadFile``."""
    try:
        yield
    except EOFError as error:
        detail = "ends in the middle of the compressed data; is it complete?"
        raise BadFile(f"{path}: {detail}") from error
    except zlib.error as error:
        raise BadFile(f"{path}: the compressed data is spoiled ({error})") from error
    except OSError as error:
        raise BadFile(f"{path}: {error.strerror or error}") from error


def opened(path: Path) -> gzip.GzipFile | io.BufferedReader:
    """Open a file for reading, decompressed when it is gzip whatever its name.

    Raises:
        OSError: It cannot be opened.
    """
    with path.open("rb") as file:
        compressed = file.read(2) == _GZIP
    return gzip.open(path) if compressed else path.open("rb")


def _look_at_the_beginning(path: Path, chunk: bytes) -> None:
    for mark, name in _WIDE.items():
        if chunk.startswith(mark):
            raise BadFile(f"{path}: this is {name} text; save the file as UTF-8")
    if chunk.startswith(_ZIP):
        detail = "this is a ZIP archive or a spreadsheet workbook; save it as CSV in UTF-8"
        raise BadFile(f"{path}: {detail}")
    if _every_other_byte_is_zero(chunk[:4096]):
        raise BadFile(f"{path}: this looks like UTF-16 text; save the file as UTF-8")


def _every_other_byte_is_zero(start: bytes) -> bool:
    """Tell whether mostly Latin text stands there with two bytes to each letter."""
    return max(start[::2].count(0), start[1::2].count(0)) * 4 > len(start) > 3


def _not_utf8(path: Path, line: int) -> str:
    detail = "this is not UTF-8; it looks like Latin-1 or Windows-1252: save the file as UTF-8"
    return f"{path}: line {line}: {detail}"
