"""Named places where a test may make the process fail.

``FAULT=relay.after_confirm:exit`` ends the process there with SIGKILL's exit; ``:raise`` raises
``FaultInjected``; ``:sleep=2.5`` waits that many seconds. ``:exit@3`` acts on the third visit.
Several are joined by commas. Unset, a fault point costs one dictionary look-up.
"""

import asyncio
import os
from collections import Counter
from dataclasses import dataclass

visits: Counter[str] = Counter()
"""How often each armed point was reached; a test asserts that its fault really happened."""


class FaultInjected(Exception):
    """A test asked for a fault here."""


@dataclass(frozen=True, slots=True)
class _Fault:
    action: str
    seconds: float
    on_visit: int | None


def _parse(text: str) -> dict[str, _Fault]:
    faults: dict[str, _Fault] = {}
    for part in filter(None, text.split(",")):
        point, _, action = part.partition(":")
        action, _, visit = action.partition("@")
        action, _, seconds = action.partition("=")
        if action not in {"exit", "raise", "sleep"}:
            raise ValueError(f"FAULT: {part!r} is not POINT:exit, POINT:raise or POINT:sleep=N")
        faults[point] = _Fault(action, float(seconds or 0), int(visit) if visit else None)
    return faults


_armed = _parse(os.environ.get("FAULT", ""))


def arm(text: str) -> None:
    """Replace the armed faults by ``text``, in the form of the ``FAULT`` variable."""
    _armed.clear()
    _armed.update(_parse(text))
    visits.clear()


async def fault_point(name: str) -> None:
    """Fail here, if a test has armed this point.

    Raises:
        FaultInjected: The point is armed with ``raise``.
    """
    fault = _armed.get(name)
    if fault is None:
        return
    visits[name] += 1
    if fault.on_visit not in {None, visits[name]}:
        return
    match fault.action:
        case "exit":
            os._exit(9)
        case "sleep":
            await asyncio.sleep(fault.seconds)
        case _:
            raise FaultInjected(name)
