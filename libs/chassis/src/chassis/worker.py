"""A service's worker: handles messages, relays, wakes sagas, runs the service's own loops."""

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import structlog
from messaging.failures import is_outage
from messaging.worker import Worker

from chassis.idempotency import forget_answers
from chassis.runtime import Runtime, Service

_CLEANING = 600.0
"""Seconds between two cleanings of the kept answers."""
_FORGOTTEN_AT_ONCE = 1000

_log = structlog.get_logger("chassis.worker")


@asynccontextmanager
async def worker(service: Service, runtime: Runtime) -> AsyncGenerator[Worker[Any]]:
    """Work for the service until left; what is running then is finished first."""
    working = Worker(
        subscriptions=service.subscriptions(),
        unit_of_work=service.unit_of_work,
        tables=service.tables,
        sessions=runtime.sessions,
        answering=runtime.databases.reading,
        transport=runtime.transport,
        relay=runtime.relay,
        saga=runtime.sagas,
        background=_loops(service, runtime),
    )
    async with working:
        yield working


def _loops(service: Service, runtime: Runtime) -> list[Callable[[], Coroutine[Any, Any, None]]]:
    async def timers() -> None:
        if runtime.sagas is not None:
            await runtime.sagas.run_timers()

    async def cleaning() -> None:
        await _clean(runtime)

    async def own() -> None:
        async with asyncio.TaskGroup() as tasks:
            for loop in service.background:
                tasks.create_task(_run(loop(runtime)))

    return [timers, cleaning, own]


async def _run(loop: Awaitable[None]) -> None:
    await loop


async def _clean(runtime: Runtime) -> None:
    """Forget answers given long ago, until cancelled."""
    table = runtime.service.metadata.tables.get("idempotency")
    while table is not None:
        await asyncio.sleep(_CLEANING * random.uniform(0.5, 1.0))  # noqa: S311 - jitter
        try:
            forgotten = _FORGOTTEN_AT_ONCE
            while forgotten == _FORGOTTEN_AT_ONCE:
                async with runtime.sessions.begin() as session:
                    forgotten = await forget_answers(session, table, at_most=_FORGOTTEN_AT_ONCE)
        except Exception as error:  # noqa: BLE001 - the next cleaning does it
            if is_outage(error):
                _log.warning("database away", error=repr(error))
            else:
                _log.exception("answers not cleaned")
