"""docs/sagas/: each saga as a diagram, drawn from its definition."""

from typing import Any

from messaging.saga.definition import SagaDefinition
from orders.main import SAGAS

_HEAD = """# The sagas

Drawn from their definitions by `make docs`; do not edit.
"""
_SAGA = """
## {name}

{course}

```mermaid
flowchart TB
    start([started])
"""
_BOTH_WAYS = """Down the left the steps are done; a
refusal, a cancel or the deadline ({minutes:.0f} minutes) before the pivot takes back, last first,
what was ever sent. After the pivot the saga only goes forward."""
_FORWARD = """It begins past its pivot and only
goes forward: every step is asked until it is done."""


def text() -> str:
    """Give the page of all sagas."""
    return _HEAD + "".join(_drawn(definition) for definition in SAGAS.values())


def _drawn(definition: SagaDefinition[Any]) -> str:
    minutes = definition.deadline.total_seconds() / 60
    course = _FORWARD if definition.forward else _BOTH_WAYS.format(minutes=minutes)
    lines = [_SAGA.format(name=definition.name, course=course)]
    before, undo_below = "start", "returned"
    for place, step in enumerate(definition.steps):
        shape = "{{%s}}" if step.pivot else "[%s]"
        lines.append(f"    s{place}{shape % step.name}\n    {before} --> s{place}\n")
        if place < definition.pivot_at:
            lines.append(_back(place, undo=step.undo is not None, below=undo_below))
            undo_below = f"u{place}" if step.undo else undo_below
        before = f"s{place}"
    lines.append(f"    {before} --> done([completed])\n")
    if definition.forward:
        return "".join(lines) + "```\n"
    lines.append(f"    returned[{definition.returning}] --> compensated([compensated])\n```\n")
    return "".join(lines)


def _back(place: int, *, undo: bool, below: str) -> str:
    if not undo:
        return f"    s{place} -. refused .-> {below}\n"
    return (
        f"    u{place}[take back: step {place + 1}] --> {below}\n"
        f"    s{place} -. refused .-> {below}\n"
        f"    s{place} -. cancel, deadline .-> u{place}\n"
    )
