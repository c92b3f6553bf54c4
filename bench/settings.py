"""What is measured, and how much of it; read from ``BENCH_*`` environment variables."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_ORDERS, _ROUNDS, _CONCURRENCY = 200, 5, 16


class BadSetting(Exception):
    """A variable holds what it cannot."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How to measure.

    Attributes:
        orders: Orders of each part in each round.
        rounds: How often the parts alternate; the table shows medians over them.
        concurrency: Orders under way at the same time.
        json: Where the figures are written as JSON.
        database_url: A PostgreSQL server to use instead of a private one; its CPU is not known.
        broker_url: A RabbitMQ to use instead of a private one, with nothing else on its virtual
            host; its CPU is not known.
    """

    orders: int = _ORDERS
    rounds: int = _ROUNDS
    concurrency: int = _CONCURRENCY
    json: Path | None = None
    database_url: str | None = None
    broker_url: str | None = None

    @property
    def warm_up(self) -> int:
        """Orders of each part that are placed before anything is counted."""
        return max(self.orders // 2, 10)

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read the variables.

        Raises:
            BadSetting: A number is none, or below one.
        """
        json = environment.get("BENCH_JSON")
        return cls(
            orders=whole_number(environment, "BENCH_ORDERS", _ORDERS),
            rounds=whole_number(environment, "BENCH_ROUNDS", _ROUNDS),
            concurrency=whole_number(environment, "BENCH_CONCURRENCY", _CONCURRENCY),
            json=Path(json) if json else None,
            database_url=environment.get("BENCH_DATABASE_URL") or None,
            broker_url=environment.get("BENCH_BROKER_URL") or None,
        )


def whole_number(environment: Mapping[str, str], name: str, default: int) -> int:
    """Read a number from 1 on.

    Raises:
        BadSetting: It is none.
    """
    text = environment.get(name) or str(default)
    if not text.isdecimal() or int(text) < 1:
        raise BadSetting(f"{name}={text}: a whole number above zero is needed")
    return int(text)
