"""Every command of the README and of the pages for staff is run, as it stands there."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.running import COMMAND, System

pytestmark = [pytest.mark.timeout(300)]

ROOT = Path(__file__).parents[2]


def _blocks(page: str) -> list[str]:
    return re.findall(r"```sh\n(.*?)```", (ROOT / page).read_text(), re.DOTALL)


BLOCKS = _blocks("README.md")

RUN_ELSEWHERE = {
    "make run\n": "the fixture below",
    "docker compose up --detach --build\n": "tests/deploy/test_compose.py",
    "make test\nmake check\nmake bench\n": ".ci/run and bench/",
}
ON_SERVERS = "--database-url"


def _block(mark: str) -> str:
    (found,) = [block for block in BLOCKS if mark in block]
    return found


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    directory = tmp_path_factory.mktemp("readme") / "data"
    running = System(directory, command=("make", "--directory", str(ROOT), "run")).start()
    yield running
    running.stop()


def _run(system: System, block: str, directory: Path) -> str:
    """Run a block from a directory of its own, with the command and the port of this system."""
    script = block.replace(".venv/bin/tradecounter", str(COMMAND))
    script = script.replace("127.0.0.1:8080", f"127.0.0.1:{system.port}")
    shutil.copytree(ROOT / "tests/data", directory / "tests/data")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=directory,
        env=system.variables,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_the_first_order_is_submitted(system: System, tmp_path: Path) -> None:
    said = _run(system, _block("Idempotency-Key: my-first-order"), tmp_path)
    order = json.loads(said[said.rindex("\n{") :])
    assert order["state"] == "submitted"
    assert "Stoneware mug" in said
    assert "allocate stock" in said


def test_the_import_ends_with_exact_totals(system: System, tmp_path: Path) -> None:
    _run(system, _block("import online-retail"), tmp_path)
    report = json.loads((tmp_path / "report.json").read_text())
    assert (report["orders_submitted"], report["grand_pence"]) == (6, 23_432)


def test_a_call_goes_as_the_page_says(system: System, tmp_path: Path) -> None:
    """CU-1, CS-2, SE-4, TO-3, FU-1, SU-1, SU-6, SU-11, PA-9: docs/taking-orders.md."""
    said = _run(system, "".join(_blocks("docs/taking-orders.md")), tmp_path)
    assert '"current": 500' in said
    assert said.splitlines()[-1] == "cancelled"


def test_every_command_of_the_csv_page_works(system: System, tmp_path: Path) -> None:
    """OB-1: docs/csv.md; what was exported changes nothing when it is imported again."""
    imports, exports = _blocks("docs/csv.md")
    again = re.sub(r" export (\S+)", r" import \1 --no-resume", exports)
    said = _run(system, imports + exports + again, tmp_path)
    assert "orders: 3 created" in said
    assert re.findall(r"(\d+) created, (\d+) changed", said)[-5:] == [("0", "0")] * 5


def test_no_command_of_the_readme_is_left_out() -> None:
    run = {_block("Idempotency-Key: my-first-order"), _block("import online-retail")}
    others = [block for block in BLOCKS if block not in run and block not in RUN_ELSEWHERE]
    assert [ON_SERVERS in block for block in others] == [True], others
