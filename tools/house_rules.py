"""The laws of the house that no other tool knows: ``python -m tools.house_rules`` (make rules).

Each rule reads the sources as syntax trees, imports nothing, and is proved on a planted fault in
tests/architecture/test_house_rules.py.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from typing_extensions import override

ROOT = Path(__file__).parents[1]

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Breach:
    """One place where a rule is broken; ``path`` is relative to the repository."""

    path: Path
    line: int
    message: str

    @override
    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


def transactions_are_ended_by_libs(root: Path) -> Iterator[Breach]:
    """Services never commit: the consumer and the request own the transaction."""
    for path, tree in _trees(root, "services/*/src/**/*.py", "tradecounter/src/**/*.py"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _last_name(node.func) == "commit":
                yield Breach(path, node.lineno, "commits; only libs/ ends a transaction")


def queries_take_the_scope_first(root: Path) -> Iterator[Breach]:
    """What is read is limited by who reads it."""
    for path, tree in _trees(root, "services/*/src/*/queries/**/*.py"):
        for node in tree.body:
            if not isinstance(node, Function) or node.name.startswith("_"):
                continue
            arguments = [*node.args.posonlyargs, *node.args.args]
            first = arguments[0] if arguments else None
            annotated = first is not None and _last_name(first.annotation) == "Scope"
            if first is None or first.arg != "scope" or not annotated:
                yield Breach(path, node.lineno, f"{node.name}() must take scope: Scope first")


def the_domain_is_told_the_time(root: Path) -> Iterator[Breach]:
    """A rule that looks at the clock cannot be tested; a time without a zone is no time."""
    for path, tree in _trees(root, "services/*/src/*/domain/**/*.py"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                name = node.func.attr
                naive_now = name == "now" and not _gives_utc(node)
                if naive_now or name in {"utcnow", "today"}:
                    yield Breach(path, node.lineno, f"{name}() without UTC; take the time instead")


def messages_are_described_and_published(root: Path) -> Iterator[Breach]:
    """A message without a docstring or a committed schema cannot be subscribed to."""
    schemas = root / "libs/contracts/schemas"
    for path, tree in _trees(root, "libs/contracts/src/contracts/**/*.py"):
        for node in ast.walk(tree):
            if not isinstance(node, ast.ClassDef) or (kind := _message_type(node)) is None:
                continue
            if ast.get_docstring(node) is None:
                yield Breach(path, node.lineno, f"{node.name} has no docstring")
            if not (schemas / f"{kind}.json").exists():
                text = f"{node.name} has no schema {kind}.json; run: make schemas"
                yield Breach(path, node.lineno, text)


def test_folders_are_no_packages(root: Path) -> Iterator[Breach]:
    """Two packages named ``tests`` would hide one another; only the root's is one."""
    for pattern in ("libs/*/tests/__init__.py", "services/*/tests/__init__.py"):
        for path in sorted(root.glob(pattern)):
            yield Breach(path.relative_to(root), 1, "must not exist: the root's tests is a package")


RULES: tuple[Callable[[Path], Iterator[Breach]], ...] = (
    transactions_are_ended_by_libs,
    queries_take_the_scope_first,
    the_domain_is_told_the_time,
    messages_are_described_and_published,
    test_folders_are_no_packages,
)


def _trees(root: Path, *patterns: str) -> Iterator[tuple[Path, ast.Module]]:
    for pattern in patterns:
        for path in sorted(root.glob(pattern)):
            yield path.relative_to(root), ast.parse(path.read_text(), str(path))


def _last_name(node: ast.expr | None) -> str | None:
    """Give ``c`` for ``a.b.c`` and for ``c``, quoted or not."""
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value.rpartition(".")[2]
    return None


def _gives_utc(call: ast.Call) -> bool:
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    return any(_last_name(argument) in {"UTC", "utc"} for argument in given)


def _message_type(node: ast.ClassDef) -> str | None:
    """Give the wire name that a class body sets: ``type: ClassVar = "orders.x.v1"``."""
    for statement in node.body:
        if (
            isinstance(statement, ast.AnnAssign)
            and _last_name(statement.target) == "type"
            and isinstance(statement.value, ast.Constant)
            and isinstance(statement.value.value, str)
        ):
            return statement.value.value
    return None


def main() -> int:
    """Print every breach; 1 when there is any."""
    breaches = [breach for rule in RULES for breach in rule(ROOT)]
    for breach in breaches:
        print(breach)  # noqa: T201 - a command's output
    return 1 if breaches else 0


if __name__ == "__main__":
    raise SystemExit(main())
