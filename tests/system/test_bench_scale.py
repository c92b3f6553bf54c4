"""``python -m bench.scale`` measures to the end, and nothing is promised twice meanwhile."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.timeout(300), pytest.mark.broker("own")]

ROOT = Path(__file__).parents[2]
FEW = {"BENCH_ROWS": "200,400", "BENCH_REQUESTS": "40", "BENCH_RESERVATIONS": "50"}
"""Enough to pass through every part once."""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    document = tmp_path_factory.mktemp("bench") / "figures.json"
    own = {name: value for name, value in os.environ.items() if not name.startswith("BENCH_")}
    done = subprocess.run(
        [sys.executable, "-m", "bench.scale"],
        cwd=ROOT,
        env={**own, **FEW, "BENCH_SCALE_JSON": str(document)},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(document.read_text())


def test_every_search_is_measured_at_every_size(found: dict[str, Any]) -> None:
    """SE-6: the searches that must stay flat; what they take depends on the machine."""
    kinds = "one site", "customer search", "product search", "quote of 10 lines", "order list"
    assert {size: by_kind.keys() for size, by_kind in found["asked"].items()} == {
        "200": {*kinds},
        "400": {*kinds},
    }
    for by_kind in found["asked"].values():
        for one in by_kind.values():
            assert 0 < one["latency"]["p50"] <= one["latency"]["p95"] <= one["latency"]["p99"]
            assert 0 < one["calmest"] <= one["latency"]["p99"]


def test_a_thousand_who_want_ten_units_get_ten(found: dict[str, Any]) -> None:
    """IN-12: by messages, over RabbitMQ, in batches."""
    assert found["few"]["replies"] == {
        "catalog.stock-reserved.v1": 10,
        "catalog.stock-refused.v1": 990,
    }
    assert found["many"]["replies"] == {"catalog.stock-reserved.v1": 50}
