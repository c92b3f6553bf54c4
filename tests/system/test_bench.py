"""``make bench`` measures to the end; what it finds depends on the machine and is not looked at."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.timeout(300), pytest.mark.broker("own")]

ROOT = Path(__file__).parents[2]
FEW = {"BENCH_ORDERS": "5", "BENCH_ROUNDS": "1", "BENCH_CONCURRENCY": "4"}
"""Enough to pass through every part once."""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    document = tmp_path_factory.mktemp("bench") / "figures.json"
    own = {name: value for name, value in os.environ.items() if not name.startswith("BENCH_")}
    done = subprocess.run(
        [sys.executable, "-m", "bench"],
        cwd=ROOT,
        env={**own, **FEW, "BENCH_JSON": str(document)},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(document.read_text())


def test_the_document_has_every_part(found: dict[str, Any]) -> None:
    parts = {"machine", "settings", "per_order", "floor", "step_path", "one_call", "idle", "aims"}
    assert found.keys() == parts
    assert found["settings"] == {"orders": 5, "rounds": 1, "concurrency": 4}


@pytest.mark.parametrize("part", ["floor", "step_path", "one_call"])
def test_every_part_took_time(found: dict[str, Any], part: str) -> None:
    figures = found[part]
    assert figures["per_second"] > 0
    assert figures["cpu_in_all"] > 0
    assert {"services", "postgresql", "rabbitmq", "client"} <= figures["cpu"].keys()
    assert all(spent >= 0 for spent in figures["cpu"].values())


@pytest.mark.parametrize("part", ["step_path", "one_call"])
def test_every_order_took_time_until_it_was_submitted(found: dict[str, Any], part: str) -> None:
    latency = found[part]["latency"]
    assert 0 < latency["p50"] <= latency["p95"] <= latency["p99"]


def test_an_order_commits_and_sends(found: dict[str, Any]) -> None:
    assert found["per_order"]["commits"] > 0
    assert found["per_order"]["messages"] > 0


def test_every_aim_has_its_figure(found: dict[str, Any]) -> None:
    aims = found["aims"]
    assert len(aims) == 4
    assert all(aim["found"] > 0 and aim["met"] in {True, False} for aim in aims)
