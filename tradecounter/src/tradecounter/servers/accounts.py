"""Which account a server runs as: PostgreSQL refuses to run as root."""

import os
import pwd
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tradecounter.servers.errors import ServerError


@dataclass(frozen=True)
class Account:
    """A user of this machine, by its numbers."""

    name: str
    uid: int
    gid: int

    @property
    def ours(self) -> bool:
        """Whether this process already runs as this account."""
        return self.uid == os.geteuid()

    def own(self, *paths: Path) -> None:
        """Make this account the owner of each path."""
        if not self.ours:
            for path in paths:
                os.chown(path, self.uid, self.gid)

    def reaches(self, path: Path) -> bool:
        """Tell whether this account may enter a directory or run a program, through all parents."""
        if self.ours:
            return os.access(path, os.X_OK)
        # The shell's own test also knows of access lists.
        asked = self.run(["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)], cwd=Path("/"), env={})
        return asked.returncode == 0

    def run(
        self, command: Sequence[str], *, cwd: Path, env: Mapping[str, str]
    ) -> "subprocess.CompletedProcess[str]":
        """Run a program as this account until it ends; what it prints is in the result."""
        return subprocess.run(  # noqa: S603 - callers name server programs
            command,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            user=None if self.ours else self.uid,
            group=None if self.ours else self.gid,
            extra_groups=None if self.ours else [],
        )


def account_of(uid: int) -> Account:
    """Give the account of a user id.

    Raises:
        ServerError: The machine does not know this user.
    """
    try:
        entry = pwd.getpwuid(uid)
    except KeyError as error:
        raise ServerError(
            f"user {uid} has no entry in /etc/passwd, and servers need one"
        ) from error
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def serving_account(preferred: Sequence[str], *, owner_of: Path | None = None) -> Account:
    """Choose who runs a server: we ourselves, or for root somebody with fewer rights.

    Args:
        preferred: Names to try in turn when we are root; ``nobody`` is tried last.
        owner_of: Existing data; root goes on as its owner.

    Raises:
        ServerError: We are root and the machine has no suitable account.
    """
    if os.geteuid() != 0:
        return account_of(os.geteuid())
    if owner_of is not None and owner_of.exists() and (uid := owner_of.stat().st_uid) != 0:
        return account_of(uid)
    for name in (*preferred, "nobody"):
        try:
            return account_of(pwd.getpwnam(name).pw_uid)
        except KeyError:
            continue
    raise ServerError("servers do not run as root, and this machine has no account 'nobody'")
