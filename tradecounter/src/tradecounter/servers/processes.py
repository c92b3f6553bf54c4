"""Start server processes that never outlive their owner, and find what an owner left behind."""

import contextlib
import errno
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tradecounter.servers.accounts import Account
from tradecounter.servers.errors import PortTaken, StartFailed

Ending = Sequence[tuple[signal.Signals, float]]
"""Signals to send in turn, each with the seconds to wait for it to be heard."""

_TETHER = Path(__file__).with_name("tether.py")


@dataclass(frozen=True)
class Program:
    """A command, and all that it is given to run with.

    Attributes:
        command: The program's path and its arguments.
        account: Whom it runs as.
        env: Its whole environment.
        cwd: Its working directory.
        log: The file that what it prints is appended to.
        ending: How it is asked to end.
    """

    command: Sequence[str | Path]
    account: Account
    env: Mapping[str, str]
    cwd: Path
    log: Path
    ending: Ending

    def plan(self) -> str:
        """Write it down as the tether reads it."""
        ours = self.account.ours
        plan = {
            "command": [str(part) for part in self.command],
            "cwd": str(self.cwd),
            "env": dict(self.env),
            "user": None if ours else self.account.uid,
            "group": None if ours else self.account.gid,
            "extra_groups": None if ours else [],
            "ending": list(self.ending),
        }
        return json.dumps(plan)


class Tethered:
    """A running command that ends when this process ends, by SIGKILL too.

    Attributes:
        pid: The command's own process id.
    """

    def __init__(self, program: Program) -> None:
        """Start the program.

        Raises:
            StartFailed: It cannot be executed.
        """
        self._wait_at_most = sum(seconds for _, seconds in program.ending) + 10
        with program.log.open("ab") as output:
            self._tether = subprocess.Popen(  # noqa: S603 - our own script
                [sys.executable, "-I", "-S", str(_TETHER), program.plan()],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
                start_new_session=True,
            )
        self.pid = self._read_pid(str(program.command[0]))

    def _read_pid(self, name: str) -> int:
        assert self._tether.stdout is not None  # noqa: S101 - opened above
        with self._tether.stdout as said:
            line = said.readline().decode().strip()
        if not line.isdecimal():
            self.stop()
            raise StartFailed(f"{name} could not be started: {line or 'no answer'}")
        return int(line)

    @property
    def running(self) -> bool:
        """Whether the command still runs."""
        return self._tether.poll() is None

    def ended_within(self, seconds: float) -> bool:
        """Wait for the command to end by itself, at most ``seconds``; tell whether it has."""
        try:
            self._tether.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def stop(self) -> None:
        """End the command in order and wait until it is gone; harmless when it is already."""
        self._tell(b"")

    def kill(self) -> None:
        """End the command by SIGKILL and wait until it is gone."""
        self._tell(b"K")

    def _tell(self, word: bytes) -> None:
        assert self._tether.stdin is not None  # noqa: S101 - opened in __init__
        if not self._tether.stdin.closed:
            with contextlib.suppress(BrokenPipeError):
                os.write(self._tether.stdin.fileno(), word)
            self._tether.stdin.close()
        self._tether.wait(self._wait_at_most)


def free_port() -> int:
    """Give a loopback TCP port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def claim_port(wanted: int | None) -> int:
    """Give the wanted loopback port, or any free one.

    Raises:
        PortTaken: Another program listens on the wanted port.
    """
    if wanted is None:
        return free_port()
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            raise PortTaken(f"port {wanted} of 127.0.0.1 is taken by another program") from error
    return wanted


def alive(pid: int) -> bool:
    """Tell whether a process of this id exists, whoever owns it."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def processes_in(directory: Path) -> dict[int, str]:
    """Find processes whose working directory is ``directory``: id to program name.

    PostgreSQL's processes all work in their data directory. Without ``/proc`` none is found.
    """
    found: dict[int, str] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (entry / "cwd").readlink() == directory:
                found[int(entry.name)] = (entry / "comm").read_text().strip()
    return found


def wait_gone(pid: int, seconds: float) -> bool:
    """Wait until a process that is not our child has ended; tell whether it has."""
    if not hasattr(os, "pidfd_open"):
        return _poll_gone(pid, seconds)
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], seconds)[0])
    finally:
        os.close(handle)


def _poll_gone(pid: int, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while alive(pid):
        if time.monotonic() > until:
            return False
        select.select([], [], [], 0.05)
    return True
