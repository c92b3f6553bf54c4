"""A connection that is opened again, with rests, whenever it is lost.

``aio_pika.connect_robust`` restores channels and consumers behind one's back; here everything that
was known of a lost connection is forgotten and built anew, so that there is one path to test.
"""

import asyncio
import contextlib
import random
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import aio_pika
import structlog
from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import CONNECTION_EXCEPTIONS
from pamqp.common import FieldTable
from yarl import URL

from messaging.complaints import Complaints

_TIMEOUT = 10
"""Seconds to connect, and to take leave."""
_SHORTEST_REST, _LONGEST_REST = 0.2, 2.0
"""Seconds between two attempts. Somebody at a counter waits for what is under way to go on once
the broker is back, and an attempt in vain costs next to nothing."""

_log = structlog.get_logger("messaging.rabbit")

Serve = Callable[[AbstractConnection], AbstractAsyncContextManager[None]]


class Link:
    """Connects, serves until the connection is lost, rests, and connects again.

    Attributes:
        problem: Why it is not up just now; none when it is.
    """

    def __init__(self, url: str, name: str, serve: Serve) -> None:
        self._url = url
        self._name = name
        self._serve = serve
        self._lost = asyncio.Event()
        self._stopped = False
        self._complaints = Complaints()
        self.problem: str | None = "not connected yet"

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Keep the connection up until left."""
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(self._run())
            try:
                yield
            finally:
                # The client library can swallow a cancellation, so there is a flag beside it.
                self._stopped = True
                self._lost.set()
                running.cancel()

    async def _run(self) -> None:
        rest = _SHORTEST_REST
        while not self._stopped:
            try:
                async with self._connected() as connection, self._serve(connection):
                    self.problem, rest = None, _SHORTEST_REST
                    tell = _log.warning if self._complaints.settle() else _log.info
                    tell("connected", connection=self._name)
                    await self._lost.wait()
                    self.problem = self.problem or "connection lost"
            except (*CONNECTION_EXCEPTIONS, TimeoutError) as error:
                self.problem = repr(error)
            if self._stopped:
                return
            if self._complaints.is_due(self.problem):
                _log.warning("not connected", connection=self._name, reason=self.problem)
            await asyncio.sleep(rest * random.uniform(0.5, 1.0))  # noqa: S311 - jitter
            rest = min(rest * 2, _LONGEST_REST)

    def restart(self, reason: str) -> None:
        """Give this connection up and open another."""
        if not self._lost.is_set():
            self.problem = reason
            self._lost.set()

    @asynccontextmanager
    async def _connected(self) -> AsyncGenerator[AbstractConnection]:
        self._lost = lost = asyncio.Event()
        if self._stopped:
            lost.set()
        properties: FieldTable = {"connection_name": self._name}
        connection = await aio_pika.connect(
            URL(self._url), timeout=_TIMEOUT, client_properties=properties
        )

        def on_close(_: AbstractConnection | None, error: BaseException | None) -> None:
            if lost is self._lost:
                self.restart(repr(error))

        connection.close_callbacks.add(on_close)
        try:
            yield connection
        finally:
            lost.set()
            with contextlib.suppress(TimeoutError, *CONNECTION_EXCEPTIONS):
                async with asyncio.timeout(_TIMEOUT):
                    await connection.close()
