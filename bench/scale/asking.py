"""Callers who ask one after the other, so many at a time, and how long each answer took."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bench.figures import percentiles
from bench.http import Json

Ask = Callable[[], Awaitable[Json]]
_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """What asking showed.

    Attributes:
        per_second: Answers.
        found: Items that an answer holds, on average.
        latency: Milliseconds at p50, p95 and p99.
        calmest: Milliseconds at p95 in the calmest of the rounds: others on the machine may have
            had their share in the rest.
    """

    per_second: float
    found: float
    latency: dict[str, float]
    calmest: float


async def asked(ask: Ask, requests: int, concurrency: int) -> Asked:
    """Ask so often, after a tenth as many questions that do not count."""
    await _ask(ask, max(requests // 10, concurrency), concurrency)
    began = time.perf_counter()
    each = max(requests // _ROUNDS, 1)
    rounds = [await _ask(ask, each, concurrency) for _ in range(_ROUNDS)]
    seconds, counted = time.perf_counter() - began, each * _ROUNDS
    found = sum(items for _, items in rounds)
    latencies = [latency for latencies, _ in rounds for latency in latencies]
    calmest = min(percentiles(latencies)["p95"] for latencies, _ in rounds)
    return Asked(counted / seconds, found / counted, percentiles(latencies), calmest)


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
