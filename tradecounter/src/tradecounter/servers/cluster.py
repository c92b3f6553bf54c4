"""Make PostgreSQL's data directory."""

import contextlib
import locale
import os
import re
import secrets
import shutil
from pathlib import Path

from tradecounter.servers.accounts import Account
from tradecounter.servers.binaries import Binaries
from tradecounter.servers.errors import StartFailed

USER = "tradecounter"
"""The owner of the server and of everything in it."""


def environment(home: Path) -> dict[str, str]:
    """Give a clean environment: the user's PGDATA, PGPORT and the like must not leak in."""
    return {"HOME": str(home), "PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def initialise(home: Path, binaries: Binaries, account: Account) -> None:
    """Make the data directory, whole or not at all, and the password that opens it."""
    partial, secret = home / "cluster.partial", home / "password"
    shutil.rmtree(partial, ignore_errors=True)
    secret.unlink(missing_ok=True)
    handle = os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(handle, "w") as file:  # noqa: PTH123 - by handle, so that the mode holds from the start
        file.write(secrets.token_urlsafe(24))
    account.own(secret)
    command = [
        *(binaries.directory / "initdb", "--pgdata", partial, "--username", USER),
        *("--pwfile", secret, "--auth", "scram-sha-256", "--encoding", "UTF8"),
        *_locale(binaries.major),
    ]
    made = account.run([str(part) for part in command], cwd=home, env=environment(home))
    if made.returncode != 0:
        said = re.sub(r"\n+", "\n", made.stdout + made.stderr).strip()
        raise StartFailed(f"no database could be made in {home}; initdb said:\n{said[-2000:]}")
    partial.rename(home / "cluster")


def _locale(major: int) -> list[str]:
    """Sort by code point, yet know the letters of all languages: names are searched by case.

    The built-in provider gives the same answers on every machine. The operating system's
    character types are named beside it, because pg_trgm still goes by them.
    """
    provider = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if major >= 17 else []
    return [*provider, "--lc-collate=C", f"--lc-ctype={_character_types()}"]


def _character_types() -> str:
    """Name a locale of this machine that knows the letters of UTF-8; ``C`` where there is none."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "en_US.UTF-8"):
            with contextlib.suppress(locale.Error):
                return locale.setlocale(locale.LC_CTYPE, name)
        return "C"
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
