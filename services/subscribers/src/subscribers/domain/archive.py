"""The archive of all events, in the order in which they were published.

There are two: RabbitMQ's stream, and a table where there is no broker.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Record:
    """What stands at one position.

    Attributes:
        position: From 1, growing with the order of archiving; in a table there may be gaps.
        type: The event's type as its sender named it; read the body to be sure.
        body: A CloudEvents document, unless a foreign sender wrote something else.
    """

    position: int
    type: str
    body: bytes


class ArchiveAway(Exception):
    """The archive cannot be read just now."""


class Archive(Protocol):
    """Reads the archive."""

    async def read(self, start: int | datetime, *, limit: int) -> Sequence[Record]:
        """Give what stands behind a position, or was archived since a time; ``limit`` at most.

        An empty answer means that there is nothing more just now. What is older than the archive
        keeps is left out: then the first position is beyond the next one. From a time, a few
        records may be older.

        Raises:
            ArchiveAway: It cannot be reached.
        """
        ...
