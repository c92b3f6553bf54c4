"""How large, and how long; read from ``BENCH_*`` environment variables."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from bench.settings import BadSetting, Settings, whole_number

_ROWS = "10000,1000000"
_REQUESTS, _CONCURRENCY, _RESERVATIONS = 2000, 16, 3000


@dataclass(frozen=True, slots=True)
class ScaleSettings:
    """How to measure.

    Attributes:
        rows: Customers, and as many SKUs and orders, at each size; ascending.
        requests: Requests of each kind that are counted at each size.
        concurrency: Callers at the same time.
        reservations: Reservations of the hot SKU.
        json: Where the figures are written as JSON.
        servers: Which servers are measured.
    """

    rows: tuple[int, ...]
    requests: int
    concurrency: int
    reservations: int
    json: Path | None
    servers: Settings

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read the variables.

        Raises:
            BadSetting: A number is none or below one, or the sizes do not grow.
        """
        json = environment.get("BENCH_SCALE_JSON")
        return cls(
            rows=_sizes(environment.get("BENCH_ROWS") or _ROWS),
            requests=whole_number(environment, "BENCH_REQUESTS", _REQUESTS),
            concurrency=whole_number(environment, "BENCH_CONCURRENCY", _CONCURRENCY),
            reservations=whole_number(environment, "BENCH_RESERVATIONS", _RESERVATIONS),
            json=Path(json) if json else None,
            servers=Settings.of(environment),
        )


def _sizes(text: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",")]
    sizes = tuple(int(part) for part in parts if part.isdecimal())
    if len(sizes) != len(parts) or sizes[0] < 100 or list(sizes) != sorted(set(sizes)):
        raise BadSetting(f"BENCH_ROWS={text}: ascending sizes are needed, from 100: 10000,1000000")
    return sizes
