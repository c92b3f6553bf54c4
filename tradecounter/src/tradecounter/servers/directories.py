"""Where a server's files lie, and who may use them: placing, locking and removing."""

import contextlib
import fcntl
import os
import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from tradecounter.servers.accounts import Account
from tradecounter.servers.errors import DirectoryInUse, ServerError

ELSEWHERE = Path("/var/lib/tradecounter")
"""Where root's servers keep their data when their account cannot enter the asked directory."""

NOTE = "PLACED_AT"
"""In the asked directory: where its data lies."""


class DirectoryLock:
    """The right of one run to a directory; the system takes it back when the process ends.

    Raises:
        DirectoryInUse: On entering, when another run holds it.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._file: int | None = None

    def __enter__(self) -> Self:
        """Take the lock at once or refuse."""
        file = os.open(self._directory / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(file, 32).decode().strip()
            os.close(file)
            raise DirectoryInUse(
                f"{self._directory} is in use by another run (process {holder or 'unknown'}); "
                "stop that run, or choose another DATA_DIR"
            ) from error
        os.ftruncate(file, 0)
        os.write(file, f"{os.getpid()}\n".encode())
        self._file = file
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the lock back. The file stays: removing it would let two runs hold two files."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def placed(asked: Path) -> Path:
    """Give the directory that holds the data asked for: itself, or the one its note names."""
    asked = asked.resolve()
    note = asked / NOTE
    return Path(note.read_text().strip()) if note.exists() else asked


def place(asked: Path, account: Account) -> Path:
    """Create the directory for a server's data where its account can reach it.

    Root's servers run as another account. Where that cannot enter the asked directory (it lies
    under /root, say), the data is placed under ``ELSEWHERE`` and a note in the asked directory
    tells where. The place is a new one: what a directory of this name had before it was removed, or
    moved with its note, is not this one's.

    Raises:
        DirectoryInUse: Another run is placing its data.
        ServerError: The directory cannot be made.
    """
    asked = asked.resolve()
    try:
        asked.mkdir(parents=True, exist_ok=True)
        home = placed(asked)
        if home == asked and not account.reaches(asked):
            with DirectoryLock(asked):
                home = _elsewhere(asked, account)
    except OSError as error:
        raise ServerError(f"no data can be kept in {asked}: {error.strerror}") from error
    if not account.reaches(home):
        raise ServerError(f"account {account.name!r}, which runs the server, cannot enter {home}")
    return home


def _elsewhere(asked: Path, account: Account) -> Path:
    if (home := placed(asked)) != asked:  # Another run was first.
        return home
    ELSEWHERE.mkdir(parents=True, exist_ok=True)
    ELSEWHERE.chmod(0o755)
    home = Path(tempfile.mkdtemp(prefix=f"{asked.name}-", dir=ELSEWHERE))
    account.own(home)
    (asked / NOTE).write_text(f"{home}\n")
    return home


def remove(asked: Path) -> None:
    """Remove a server's data, wherever it was placed; harmless when there is none.

    Raises:
        DirectoryInUse: A run is using it.
    """
    home = placed(asked)
    if home.exists():
        with DirectoryLock(home):
            shutil.rmtree(home)
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(asked)
