"""Every command that docs/csv.md shows is run, as it stands there, on the demo retailer."""

import csv
import gzip
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.running import COMMAND, System

pytestmark = [pytest.mark.timeout(600)]

ROOT = Path(__file__).parents[2]
IMPORTS, EXPORTS = re.findall(r"```sh\n(.*?)```", (ROOT / "docs/csv.md").read_text(), re.DOTALL)


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    running = System(tmp_path_factory.mktemp("csv") / "data").start()
    yield running
    running.stop()


def _run(system: System, block: str, directory: Path) -> str:
    script = block.replace(".venv/bin/tradecounter", str(COMMAND))
    shutil.copytree(ROOT / "tests/data", directory / "tests/data", dirs_exist_ok=True)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=directory,
        env=system.variables,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_the_commands_of_the_page_work(system: System, tmp_path: Path) -> None:
    said = _run(system, IMPORTS, tmp_path)
    assert said.count(", 0 refused") == 8
    assert "3 to be created, 0 to be changed" in said

    _run(system, EXPORTS, tmp_path)
    with gzip.open(tmp_path / "products.csv.gz", "rt", newline="") as file:
        posters = [row for row in csv.DictReader(file) if row["code"] == "POSTER"]
    assert [row["sku"] for row in posters] == ["POSTER-A3-W", "POSTER-A2-W", "POSTER-A2-K"]
    assert [row["price:uk"] for row in posters] == ["18.00", "26.00", "24.00"]
    with (tmp_path / "shopify.csv").open(newline="") as file:
        tees = [row for row in csv.DictReader(file) if row["Handle"] == "summer-tee"]
    assert [row["Variant Inventory Qty"] for row in tees] == ["40", "25", "0"]
