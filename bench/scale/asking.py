"""Callers who ask one after the other, so many at a time, and how long each answer took."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bench.figures import percentiles
from bench.http import Json

Ask = Callable[[], Awaitable[Json]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What asking showed.

    Attributes:
        per_second: Answers.
        found: Items that an answer holds, on average.
        latency: Milliseconds at p50, p95 and p99.
    """

    per_second: float
    found: float
    latency: dict[str, float]


async def asked(ask: Ask, requests: int, concurrency: int) -> Asked:
    """Ask so often, after a tenth as many questions that do not count."""
    await _ask(ask, max(requests // 10, concurrency), concurrency)
    began = time.perf_counter()
    latencies, found = await _ask(ask, requests, concurrency)
    seconds = time.perf_counter() - began
    return Asked(requests / seconds, found / requests, percentiles(latencies))


async def _ask(ask: Ask, requests: int, concurrency: int) -> tuple[list[float], int]:
    latencies: list[float] = []
    found = 0
    numbers = iter(range(requests))

    async def caller() -> None:
        nonlocal found
        for _ in numbers:
            began = time.perf_counter()
            answer = await ask()
            latencies.append(time.perf_counter() - began)
            found += len(answer.get("items") or answer.get("lines") or ())

    async with asyncio.TaskGroup() as tasks:
        for _ in range(concurrency):
            tasks.create_task(caller())
    return latencies, found
