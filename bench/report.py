"""The table."""

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
    heads = ("orders/s", "x floor", "services", "PostgreSQL", "RabbitMQ", "in all", "client")
    for head in (*heads, "p50 ms", "p95 ms", "p99 ms"):
        unit = "" if "/" in head or "x" in head or "ms" in head else "\nCPU ms/order"
        table.add_column(head + unit, justify="right")
    table.add_row("floor", *_row(outcome.floor, is_floor=True))
    table.add_row("(a) step by step", *_row(outcome.step_path))
    table.add_row("(b) in one call", *_row(outcome.one_call))
    return table


def _row(part: Figures, *, is_floor: bool = False) -> list[str]:
    cpu = dict(part.cpu)
    if is_floor:
        cpu.pop(SERVICES, None)
    return [
        f"{part.per_second:.1f}",
        f"{part.against_floor:.2f}",
        *(_number(cpu.get(label), none="-" if is_floor else _UNKNOWN) for label in SERVED[:1]),
        _number(cpu.get(POSTGRESQL)),
        _number(cpu.get(RABBITMQ)),
        _number(part.cpu_in_all),
        _number(cpu.get(CLIENT)),
        *(f"{part.latency[name]:.0f}" if part.latency else "-" for name in ("p50", "p95", "p99")),
    ]


def _number(value: float | None, digits: int = 1, *, none: str = _UNKNOWN) -> str:
    return none if value is None else f"{value:.{digits}f}"
