"""The table."""

from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from bench.cpu import CLIENT, POSTGRESQL, RABBITMQ, SERVICES
from bench.figures import SERVED, Figures, Outcome

_UNKNOWN = "unknown"


def show(outcome: Outcome, console: Console) -> None:
    """Print what was found."""
    for name, fact in outcome.machine.items():
        console.print(f"[bold]{name:>12}[/] {fact}", highlight=False)
    console.print(_parts(outcome))
    console.print(
        f"An order in one call makes {outcome.per_order.commits:.1f} durable commits and "
        f"{outcome.per_order.messages:.1f} confirmed messages; the floor makes as many. "
        "Latency is from submit until the event that tells of it has been received."
    )
    idle = ", ".join(f"{label} {_number(outcome.idle.get(label))}" for label in SERVED)
    console.print(f"With nothing to do, CPU ms per second: {idle}")
    for aim in outcome.aims:
        words = {True: "[green]met[/]", False: "[red]not met[/]", None: _UNKNOWN}[aim.met]
        console.print(f"{aim.name}: {_number(aim.found, 2)} - {words}", highlight=False)


def _parts(outcome: Outcome) -> Table:
    settings = outcome.settings
    table = Table(
        title=f"medians of {settings['rounds']} rounds of {settings['orders']} orders, "
        f"{settings['concurrency']} at a time"
    )
    table.add_column("")
    for head in ("floor", "(a) step by step", "(b) in one call"):
        table.add_column(head, justify="right")
    parts = (outcome.floor, outcome.step_path, outcome.one_call)
    for name, read in _ROWS.items():
        table.add_row(name, *(read(part) for part in parts))
        if name in _LAST_OF_ITS_KIND:
            table.add_section()
    return table


def _number(value: float | None, digits: int = 1, *, none: str = _UNKNOWN) -> str:
    return none if value is None else f"{value:.{digits}f}"


def _cpu(label: str) -> Callable[[Figures], str]:
    return lambda part: _number(part.cpu.get(label))


def _latency(name: str) -> Callable[[Figures], str]:
    return lambda part: _number(part.latency.get(name), 0, none="-")


_ROWS: dict[str, Callable[[Figures], str]] = {
    "orders per second": lambda part: _number(part.per_second),
    "against the floor": lambda part: _number(part.against_floor, 2),
    "CPU ms per order: services": lambda part: (
        "-" if part.is_floor else _number(part.cpu.get(SERVICES))
    ),
    "CPU ms per order: PostgreSQL": _cpu(POSTGRESQL),
    "CPU ms per order: RabbitMQ": _cpu(RABBITMQ),
    "CPU ms per order: floor's own code": lambda part: (
        _number(part.cpu.get(CLIENT)) if part.is_floor else "-"
    ),
    "CPU ms per order, in all": lambda part: _number(part.cpu_in_all),
    "not in it: load generator": lambda part: (
        "-" if part.is_floor else _number(part.cpu.get(CLIENT))
    ),
    "ms to SUBMITTED, p50": _latency("p50"),
    "ms to SUBMITTED, p95": _latency("p95"),
    "ms to SUBMITTED, p99": _latency("p99"),
}
_LAST_OF_ITS_KIND = ("against the floor", "not in it: load generator")
