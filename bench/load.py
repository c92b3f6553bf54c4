"""Keeps a number of orders under way, and measures what that took."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bench.cpu import Meter

SETTLED_WITHIN = 60.0


@dataclass(frozen=True, slots=True)
class Measured:
    """One part of one round.

    Attributes:
        seconds: From the first request until nothing was left to do.
        cpu: CPU seconds by label, see ``Meter``.
        latencies: Seconds from submit to SUBMITTED, of each order; empty for the floor.
    """

    orders: int
    seconds: float
    cpu: dict[str, float]
    latencies: list[float]

    @property
    def per_second(self) -> float:
        return self.orders / self.seconds


Place = Callable[[int], Awaitable[float | None]]
"""Places the order of this number and gives the seconds from submit to SUBMITTED, if it has any."""


async def measure(
    meter: Meter,
    orders: int,
    concurrency: int,
    place: Place,
    settled: Callable[[], Awaitable[bool]],
) -> Measured:
    """Place the orders, so many at a time, and wait until the work behind them is done too.

    Each of the ``concurrency`` clerks takes the next order when the last one is SUBMITTED.
    """
    latencies: list[float] = []
    numbers = iter(range(orders))

    async def clerk() -> None:
        for number in numbers:
            latency = await place(number)
            if latency is not None:
                latencies.append(latency)

    before, began = meter.read(), time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for _ in range(concurrency):
            tasks.create_task(clerk())
    async with asyncio.timeout(SETTLED_WITHIN):
        while not await settled():  # noqa: ASYNC110 - other processes set no event
            await asyncio.sleep(0.02)
    seconds = time.perf_counter() - began
    return Measured(orders, seconds, meter.since(before), latencies)
