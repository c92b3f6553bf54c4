"""Every rule of tools/house_rules.py bites, and only where it should."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tools import house_rules as rules

CATALOG = "services/catalog/src/catalog"
ORDERS_EVENTS = "libs/contracts/src/contracts/orders/events.py"
DESCRIBED = 'class Sent(Event):\n    """It went."""\n    type: ClassVar = "orders.sent.v1"\n'
SILENT = 'class Sent(Event):\n    type: ClassVar = "orders.sent.v1"\n'

Rule = Callable[[Path], Iterator[rules.Breach]]

FAULTS: list[tuple[Rule, str, str]] = [
    (
        rules.transactions_are_ended_by_libs,
        f"{CATALOG}/handlers/planted.py",
        "async def adjust(uow):\n    await uow.session.commit()\n",
    ),
    (
        rules.queries_take_the_scope_first,
        f"{CATALOG}/queries/planted.py",
        "async def stock_lines(session: AsyncSession, scope: Scope): ...\n",
    ),
    (
        rules.queries_take_the_scope_first,
        f"{CATALOG}/queries/planted.py",
        "def everything(): ...\n",
    ),
    (
        rules.queries_take_the_scope_first,
        f"{CATALOG}/queries/planted.py",
        "async def stock_lines(scope: dict): ...\n",
    ),
    (
        rules.the_domain_is_told_the_time,
        f"{CATALOG}/domain/planted.py",
        "def late():\n    return datetime.now() > DEADLINE\n",
    ),
    (
        rules.the_domain_is_told_the_time,
        f"{CATALOG}/domain/planted.py",
        "today = date.today()\n",
    ),
    (rules.messages_are_described_and_published, ORDERS_EVENTS, SILENT),
    (rules.messages_are_described_and_published, ORDERS_EVENTS, DESCRIBED.replace("sent.v1", "x")),
    (rules.test_folders_are_no_packages, "services/catalog/tests/__init__.py", ""),
]

HONEST: list[tuple[Rule, str, str]] = [
    (
        rules.transactions_are_ended_by_libs,
        "libs/messaging/src/messaging/planted.py",
        "async def end(session):\n    await session.commit()\n",
    ),
    (
        rules.queries_take_the_scope_first,
        f"{CATALOG}/queries/planted.py",
        "async def stock(scope: Scope, sku: Sku): ...\n\ndef _row(row): ...\n",
    ),
    (
        rules.the_domain_is_told_the_time,
        f"{CATALOG}/domain/planted.py",
        "made_at = datetime.now(UTC)\n",
    ),
    (rules.messages_are_described_and_published, ORDERS_EVENTS, DESCRIBED),
    (rules.test_folders_are_no_packages, "tests/__init__.py", ""),
]


def plant(root: Path, file: str, text: str) -> None:
    planted = root / file
    planted.parent.mkdir(parents=True)
    planted.write_text(text)
    schema = root / "libs/contracts/schemas/orders.sent.v1.json"
    schema.parent.mkdir(parents=True, exist_ok=True)
    schema.write_text("{}")


@pytest.mark.parametrize(("rule", "file", "text"), FAULTS)
def test_a_planted_fault_is_found(tmp_path: Path, rule: Rule, file: str, text: str) -> None:
    plant(tmp_path, file, text)

    found = list(rule(tmp_path))

    assert [str(breach.path) for breach in found] == [file]


@pytest.mark.parametrize(("rule", "file", "text"), HONEST)
def test_honest_code_is_let_through(tmp_path: Path, rule: Rule, file: str, text: str) -> None:
    plant(tmp_path, file, text)

    assert list(rule(tmp_path)) == []


def test_no_rule_is_without_a_planted_fault() -> None:
    assert set(rules.RULES) == {fault[0] for fault in FAULTS} == {case[0] for case in HONEST}


def test_the_code_as_it_is_keeps_every_rule() -> None:
    assert [breach for rule in rules.RULES for breach in rule(rules.ROOT)] == []
