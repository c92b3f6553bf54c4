"""A file that is not UTF-8 text is refused before anything is sent, and named for what it is."""

import codecs
import gzip
import os
from pathlib import Path

import pytest
from tradecounter.csv_files.faults import BadFile
from tradecounter.csv_files.inspecting import inspect

TEXT = "code,name\ncafé,Café crème\n"
LONG = "a,b\n" * 1_000_000
SPOILED = bytearray(gzip.compress("".join(map(str, range(50_000))).encode()))
SPOILED[5_000:5_100] = b"x" * 100


def _file(directory: Path, data: bytes) -> Path:
    path = directory / "file.csv"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (TEXT.encode("utf-16"), "this is UTF-16 text"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "this is UTF-16 text"),
        (TEXT.encode("utf-16-le"), "looks like UTF-16"),
        (TEXT.encode("utf-32"), "this is UTF-32 text"),
        (TEXT.encode("latin-1"), "line 2: this is not UTF-8; it looks like Latin-1"),
        (LONG.encode() + "é".encode("latin-1"), "line 1000001: this is not UTF-8"),
        (LONG.encode() + "é\n".encode("latin-1"), "line 1000001: this is not UTF-8"),
        (b"PK\x03\x04 a workbook", "a spreadsheet workbook"),
        (b"", "the file is empty"),
        (gzip.compress(b""), "the file is empty"),
        (gzip.compress(LONG.encode())[:-100], "ends in the middle of the compressed data"),
        (gzip.compress(LONG.encode())[:500] + b"x" * 500, ""),
        (bytes(SPOILED), "the compressed data is spoiled"),
        (gzip.compress(LONG.encode()) + b"x", ""),
    ],
    ids=[
        "utf-16",
        "utf-16 big-endian",
        "utf-16 without a mark",
        "utf-32",
        "latin-1",
        "latin-1 at the very end",
        "latin-1 far below",
        "workbook",
        "empty",
        "compressed and empty",
        "compressed and cut off",
        "compressed and spoiled",
        "compressed and spoiled in the middle",
        "compressed and followed by something",
    ],
)
def test_a_file_that_is_no_utf8_text_is_refused(tmp_path: Path, data: bytes, reason: str) -> None:
    path = _file(tmp_path, data)
    with pytest.raises(BadFile, match=r"file\.csv: .") as refused:
        inspect(path)
    assert reason in str(refused.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="No such file"):
        inspect(tmp_path / "none.csv")
    with pytest.raises(BadFile, match="directory"):
        inspect(tmp_path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_utf8_is_taken_with_and_without_a_mark(tmp_path: Path, encoding: str) -> None:
    assert inspect(_file(tmp_path, TEXT.encode(encoding))).lines == 2


def test_a_compressed_file_has_the_fingerprint_of_its_content(tmp_path: Path) -> None:
    plain = inspect(_file(tmp_path, TEXT.encode()))
    assert inspect(_file(tmp_path, gzip.compress(TEXT.encode()))) == plain
    assert inspect(_file(tmp_path, TEXT.encode() + b"\n")) != plain


def test_what_can_be_read_only_once_is_refused_before_it_is_read(tmp_path: Path) -> None:
    """OB-1: a file is looked through first, and read then."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(BadFile, match="no file that can be read twice"):
        inspect(pipe)
