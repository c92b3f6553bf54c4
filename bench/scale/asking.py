"""Callers who ask one after the other, so many at a time, and how long each answer took."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bench.figures import percentiles

Ask = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What asking showed.

    Attributes:
        per_second: Answers.
        latency: Milliseconds at p50, p95 and p99.
    """

    per_second: float
    latency: dict[str, float]


async def asked(ask: Ask, requests: int, concurrency: int) -> Asked:
    """Ask so often, after a tenth as many questions that do not count."""
    await _ask(ask, max(requests // 10, concurrency), concurrency)
    began = time.perf_counter()
    latencies = await _ask(ask, requests, concurrency)
    return Asked(requests / (time.perf_counter() - began), percentiles(latencies))


async def _ask(ask: Ask, requests: int, concurrency: int) -> list[float]:
    latencies: list[float] = []
    numbers = iter(range(requests))

    async def caller() -> None:
        for _ in numbers:
            began = time.perf_counter()
            await ask()
            latencies.append(time.perf_counter() - began)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(concurrency):
            tasks.create_task(caller())
    return latencies
