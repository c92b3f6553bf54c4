"""Run one command for as long as standard input stays open: a tether to the process that began it.

Started by path (``python -I -S tether.py PLAN``), so it imports the standard library only. The
operating system closes the pipe however the owner ends, by SIGKILL too; then the command is ended
step by step as the plan says. It keeps the terminal's Ctrl-C away from the command: the owner
decides when its servers go.

Owner to tether, on standard input: end of file ends the command in order, ``K`` kills it at once.
Tether to owner, on standard output: one line, the command's process id or ``error: ...``.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import Any


def end(child: "subprocess.Popen[bytes]", ending: Sequence[tuple[int, float]]) -> None:
    """Send each signal in turn and wait its number of seconds; kill the group if none was heard."""
    for number, seconds in ending:
        with contextlib.suppress(ProcessLookupError):
            child.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(seconds)
            return
    kill(child)


def kill(child: "subprocess.Popen[bytes]") -> None:
    """Kill the command and whatever it left in its process group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)


def listen(child: "subprocess.Popen[bytes]", ending: Sequence[tuple[int, float]]) -> None:
    """Wait for the owner's word, or for its end."""
    if os.read(0, 1) == b"K":
        kill(child)
    else:
        end(child, ending)


def start(plan: dict[str, Any]) -> "subprocess.Popen[bytes]":
    """Start the command in its own session, so that a terminal's signals do not reach it."""
    return subprocess.Popen(  # noqa: S603 - the owner's own command
        plan["command"],
        stdin=subprocess.DEVNULL,
        stdout=2,
        start_new_session=True,
        cwd=plan["cwd"],
        env=plan["env"],
        user=plan["user"],
        group=plan["group"],
        extra_groups=plan["extra_groups"],
    )


def unheard(number: int, frame: object) -> None:
    """Do nothing: the tether ends with its command only."""
    del number, frame


def main() -> int:
    """Run the plan given as JSON in the first argument; end with the command's status."""
    plan = json.loads(sys.argv[1])
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # A handler, not SIG_IGN: an ignored signal would stay ignored in the command.
        signal.signal(number, unheard)
    os.umask(0o077)
    try:
        child = start(plan)
    except OSError as error:
        os.write(1, f"error: {error}\n".encode())
        return 127
    os.write(1, f"{child.pid}\n".encode())
    os.close(1)
    threading.Thread(target=listen, args=(child, plan["ending"]), daemon=True).start()
    status = child.wait()
    kill(child)
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    # At once: the reading thread may still sit on standard input.
    os._exit(main())
