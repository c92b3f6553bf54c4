"""Medians, percentiles, ratios and aims, out of what was measured."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from bench.counts import Counts
from bench.cpu import CLIENT, POSTGRESQL, RABBITMQ, SERVICES, summed
from bench.load import Measured

SERVED = (SERVICES, POSTGRESQL, RABBITMQ)
"""Whose CPU time counts as the order's."""


@dataclass(frozen=True, slots=True)
class Figures:
    """One part, over all rounds.

    Attributes:
        per_second: Orders, median of the rounds.
        against_floor: Its ratio to the floor's of the same round, median; 1.0 for the floor.
        cpu: Milliseconds for one order by ``SERVED`` and client, medians; the floor's own code runs
            in the client. What was not measured is left out.
        cpu_in_all: Milliseconds for one order, without the load generator; none when not known.
        processes: Milliseconds for one order, by process.
        latency: Milliseconds from submit to SUBMITTED at p50, p95 and p99, of all orders.
    """

    per_second: float
    against_floor: float
    cpu: dict[str, float]
    cpu_in_all: float | None
    processes: dict[str, float]
    latency: dict[str, float]

    @property
    def is_floor(self) -> bool:
        """Tell whether no orders were placed."""
        return not self.latency


def figures(rounds: Sequence[Measured], floors: Sequence[Measured]) -> Figures:
    """Sum up a part's rounds beside the floor's."""
    is_floor = rounds is floors
    counted = (CLIENT, POSTGRESQL, RABBITMQ) if is_floor else SERVED
    by_group = [{k: _ms(v, one) for k, v in summed(one.cpu).items()} for one in rounds]
    totals = [sum(one[label] for label in counted if label in one) for one in by_group]
    known = all(label in by_group[0] for label in counted)
    ratios = [one.per_second / floor.per_second for one, floor in zip(rounds, floors, strict=True)]
    return Figures(
        per_second=median(one.per_second for one in rounds),
        against_floor=median(ratios),
        cpu=_medians(by_group),
        cpu_in_all=median(totals) if known else None,
        processes=_medians([{k: _ms(v, one) for k, v in one.cpu.items()} for one in rounds]),
        latency=percentiles([latency for one in rounds for latency in one.latencies]),
    )


def _ms(seconds: float, one: Measured) -> float:
    return seconds * 1000 / one.orders


def _medians(rounds: Sequence[dict[str, float]]) -> dict[str, float]:
    return {label: median(one[label] for one in rounds) for label in rounds[0]}


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """Give milliseconds: the smallest that so many of a hundred do not exceed."""
    if not seconds:
        return {}
    in_order = sorted(seconds)
    places = {name: -(-len(in_order) * name // 100) - 1 for name in (50, 95, 99)}
    return {f"p{name}": in_order[place] * 1000 for name, place in places.items()}


@dataclass(frozen=True, slots=True)
class Aim:
    """What is aimed at; ``met`` is none when the figure is not known."""

    name: str
    wanted: float
    found: float | None
    met: bool | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything that was found.

    Attributes:
        per_order: Durable commits and confirmed messages of an order placed in one call, and so of
            the floor.
        idle: CPU milliseconds per second by ``SERVED`` of a system with nothing to do.
    """

    machine: dict[str, str]
    settings: dict[str, int]
    per_order: Counts
    floor: Figures
    step_path: Figures
    one_call: Figures
    idle: dict[str, float]

    @property
    def aims(self) -> list[Aim]:
        """Compare with what is aimed at."""
        a, b = self.step_path, self.one_call
        return [
            _below("CPU ms per order, step by step", 80, a.cpu_in_all),
            _below("CPU ms per order, in one call", 40, b.cpu_in_all),
            _at_least("throughput against the floor, step by step", 0.5, a.against_floor),
            _at_least("throughput against the floor, in one call", 0.5, b.against_floor),
        ]

    def document(self) -> dict[str, Any]:
        """Give everything as one JSON document."""
        return {**asdict(self), "aims": [asdict(aim) for aim in self.aims]}


def _below(name: str, wanted: float, found: float | None) -> Aim:
    return Aim(
        f"{name}: below {wanted:g}", wanted, found, None if found is None else found < wanted
    )


def _at_least(name: str, wanted: float, found: float) -> Aim:
    return Aim(f"{name}: {wanted:g} or better", wanted, found, found >= wanted)
