"""The archive of all events, read page by page (EV-3)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from chassis.scope import Scope
from contracts.patterns import Pattern, wanted
from messaging.envelope import BadEnvelope, decode
from pydantic import BaseModel, ConfigDict
from pydantic_core import from_json

from subscribers.domain.archive import Archive, Record
from subscribers.queries.scoped import sees_everything

_READ_AT_ONCE = 500
_MOST_READ = 5000
"""Events looked through for one page, when few of them are wanted."""


class EventView(BaseModel):
    """What stands at one position of the archive.

    Attributes:
        event: The CloudEvents document; none when nobody can read what stands there.
        error: Why it cannot be read.
    """

    model_config = ConfigDict(frozen=True)

    position: int
    event: dict[str, Any] | None
    error: str | None = None


class EventPage(BaseModel):
    """Events in the order in which they were published.

    Attributes:
        next: Give it as ``after`` to go on; also at the end, to ask for what has come meanwhile.
            None when nothing has been published since the time that was asked for.
    """

    model_config = ConfigDict(frozen=True)

    items: list[EventView]
    next: int | None


async def events(
    scope: Scope,
    archive: Archive,
    start: int | datetime,
    *,
    patterns: Sequence[Pattern],
    limit: int,
) -> EventPage:
    """Give the events behind a position, or those that happened since a time.

    Raises:
        ArchiveAway: The archive cannot be reached.
    """
    sees_everything(scope)
    since = start if isinstance(start, datetime) else None
    found: list[EventView] = []
    at, looked = start, 0
    while len(found) < limit and looked < _MOST_READ:
        most = _READ_AT_ONCE if patterns or since else limit
        records = await archive.read(at, limit=most)
        for record in records:
            at, looked = record.position, looked + 1
            view = _view(record, patterns, since)
            if view is not None:
                found.append(view)
            if len(found) == limit:
                break
        if len(records) < most:
            break
    return EventPage(items=found, next=None if isinstance(at, datetime) else at)


def _view(record: Record, patterns: Sequence[Pattern], since: datetime | None) -> EventView | None:
    if patterns and not wanted(patterns, record.type):
        return None
    try:
        envelope = decode(record.body)
    except BadEnvelope as error:
        return EventView(position=record.position, event=None, error=str(error))
    if since is not None and envelope.time < since:
        return None
    return EventView(position=record.position, event=from_json(record.body))
