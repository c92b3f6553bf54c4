"""The archive where there is a broker: its stream of all events."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from messaging.failures import InfrastructureDown
from messaging.rabbit.stream import Entry, Following, read_once
from messaging.topology import ARCHIVE

from subscribers.domain.archive import ArchiveAway, Record


class StreamArchive:
    """Reads for one who asks now and then: a connection for each time.

    See ``subscribers.domain.archive.Archive``.
    """

    def __init__(self, broker_url: str) -> None:
        self._url = broker_url

    async def read(self, start: int | datetime, *, limit: int) -> Sequence[Record]:
        try:
            return _records(await read_once(self._url, ARCHIVE, start, limit=limit))
        except InfrastructureDown as down:
            raise ArchiveAway(str(down)) from down


class FollowedArchive:
    """Reads for one who goes on reading: what comes is kept ready."""

    def __init__(self, following: Following) -> None:
        self._following = following

    async def read(self, start: int | datetime, *, limit: int) -> Sequence[Record]:
        try:
            return _records(await self._following.read(start, limit))
        except InfrastructureDown as down:
            raise ArchiveAway(str(down)) from down


@asynccontextmanager
async def following(
    broker_url: str, arrived: Callable[[], None]
) -> AsyncGenerator[FollowedArchive]:
    """Follow the archive until left; ``arrived`` is called when there is something to read."""
    stream = Following(broker_url, ARCHIVE, arrived)
    async with stream.running():
        yield FollowedArchive(stream)


def _records(entries: Sequence[Entry]) -> list[Record]:
    return [Record(entry.position, entry.type, entry.body) for entry in entries]
