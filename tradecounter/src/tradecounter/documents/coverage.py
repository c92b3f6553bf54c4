"""docs/coverage.md: which test proves which rule, read from the tests' docstrings."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tradecounter.documents.rules import PLANNED, RULES

ROOT = Path(__file__).parents[4]

_HEAD = """# Rules and their proofs

Written by `make docs` from the ids that tests name in their docstrings; do not edit. A test fails
when a rule has no proof and is not listed as planned, or when a test names a rule that is none.
"""
_ID = re.compile(r"\b([A-Z]{2})-(\d+)(?: to (?:\1-)?(\d+))?\b")
_FAMILIES = frozenset(id_[:2] for section in RULES.values() for id_ in section)


def text() -> str:
    """Give the page."""
    return _HEAD + "".join(_section(title) for title in RULES)


def proofs() -> dict[str, list[str]]:
    """Give the tests (``path::name``) that name each rule, in order of path."""
    found: dict[str, list[str]] = {}
    for path in _test_files():
        for name, docstring in _tests(ast.parse(path.read_text())):
            for id_ in dict.fromkeys(_named(docstring)):
                found.setdefault(id_, []).append(f"{path.relative_to(ROOT).as_posix()}::{name}")
    return found


def _section(title: str) -> str:
    known = proofs()
    rows = "".join(
        f"| {id_} | {rule} | {_proof(id_, known.get(id_, []))} |\n"
        for id_, rule in RULES[title].items()
    )
    return f"\n## {title}\n\n| id | rule | proved by |\n|---|---|---|\n{rows}"


def _proof(id_: str, tests: list[str]) -> str:
    if id_ in PLANNED:
        return "planned"
    return "<br>".join(
        f"[{test.partition('::')[2]}](../{test.partition('::')[0]})" for test in tests
    )


def _test_files() -> list[Path]:
    folders = ("libs", "services", "tradecounter", "tests")
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("test_*.py"))


def _tests(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Give name and docstring of each test, and of each state machine of a property test."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            docstring = ast.get_docstring(node)
            if docstring:
                yield node.name, docstring


def _named(docstring: str) -> Iterator[str]:
    for family, first, last in _ID.findall(docstring):
        if family in _FAMILIES:
            for number in range(int(first), int(last or first) + 1):
                yield f"{family}-{number}"
