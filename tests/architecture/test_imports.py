"""Every contract of import-linter bites: a planted breach breaks it, the code as it is does not."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

CATALOG = "services/catalog/src/catalog"

BREACHES = [
    ("independent-services", f"{CATALOG}/handlers/planted.py", "import orders.domain"),
    ("floors", "libs/messaging/src/messaging/planted.py", "import chassis"),
    ("floors", f"{CATALOG}/handlers/planted.py", "import tradecounter"),
    ("front-doors", "tradecounter/src/tradecounter/planted.py", "import orders.storage"),
    (
        "messaging-is-general",
        "libs/chassis/src/chassis/planted.py",
        "import contracts.orders.events",
    ),
    ("rooms", f"{CATALOG}/domain/planted.py", "import catalog.handlers"),
    ("rooms", f"{CATALOG}/attic/__init__.py", ""),
    ("pure-domain", f"{CATALOG}/domain/planted.py", "import sqlalchemy"),
    ("pure-domain", f"{CATALOG}/domain/planted.py", "from contracts.catalog import events"),
    ("pure-sagas", "services/orders/src/orders/sagas/planted.py", "import chassis"),
    ("no-back-door", f"{CATALOG}/api/planted.py", "import catalog.storage"),
]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for folder in ("libs", "services", "tradecounter"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=_all_but_sources)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def _all_but_sources(folder: str, names: list[str]) -> list[str]:
    inside = [name for name in names if (Path(folder) / name).is_dir()]
    skipped = {"tests", "__pycache__", "migrations", "schemas", "samples"} & set(inside)
    return [*skipped, *(name for name in names if name not in inside and not name.endswith(".py"))]


def lint(copy: Path, *contracts: str) -> "subprocess.CompletedProcess[str]":
    sources = [*copy.glob("libs/*/src"), *copy.glob("services/*/src"), copy / "tradecounter/src"]
    only = [part for contract in contracts for part in ("--contract", contract)]
    return subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache", *only],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, sources)), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def contract_ids() -> set[str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return {contract["id"] for contract in settings["tool"]["importlinter"]["contracts"]}


@pytest.mark.parametrize(
    ("contract", "file", "line"), BREACHES, ids=[f"{b[0]}-{b[2]}" for b in BREACHES]
)
def test_a_planted_breach_breaks_its_contract(
    copy: Path, contract: str, file: str, line: str
) -> None:
    planted = copy / file
    planted.parent.mkdir(exist_ok=True)

    planted.write_text(f"{line}\n")

    ran = lint(copy, contract)
    assert ran.returncode == 1
    assert "0 kept, 1 broken" in ran.stdout, ran.stdout + ran.stderr
    assert "planted" in ran.stdout or "attic" in ran.stdout


def test_the_code_as_it_is_keeps_every_contract(copy: Path) -> None:
    ran = lint(copy)

    assert f"{len(contract_ids())} kept, 0 broken" in ran.stdout, ran.stdout + ran.stderr


def test_no_contract_is_without_a_planted_breach() -> None:
    assert contract_ids() == {breach[0] for breach in BREACHES}
