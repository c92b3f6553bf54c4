"""What came of an import: a table for people, and the same figures as JSON."""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table


@dataclass(slots=True)
class Report:
    """The figures of one import; amounts are whole pence.

    Attributes:
        orders: Invoices that are to be orders.
        orders_submitted: Orders of this file that are submitted, those of earlier runs included.
        orders_created: Orders that this run created.
        orders_refused: Orders that could not be submitted, by reason.
        lines: Goods lines of the submitted orders, as the system has them; so the next four.
        seconds: How long placing the orders took.
        mismatches: Orders whose totals differ from the file's; must be empty.
    """

    dry_run: bool = False
    rows: int = 0
    invoices: int = 0
    orders: int = 0
    orders_submitted: int = 0
    orders_created: int = 0
    orders_refused: Counter[str] = field(default_factory=Counter[str])
    lines: int = 0
    units: int = 0
    goods_pence: int = 0
    shipping_pence: int = 0
    grand_pence: int = 0
    rows_skipped: Counter[str] = field(default_factory=Counter[str])
    seconds: float = 0.0
    mismatches: list[str] = field(default_factory=list[str])

    @property
    def orders_per_second(self) -> float:
        """Give how many orders were placed in a second."""
        return round(self.orders_created / self.seconds, 1) if self.seconds else 0.0

    def as_json(self) -> dict[str, Any]:
        """Give the figures under their public names."""
        return {
            "dry_run": self.dry_run,
            "rows": self.rows,
            "invoices": self.invoices,
            "orders": self.orders,
            "orders_submitted": self.orders_submitted,
            "orders_created": self.orders_created,
            "orders_refused": dict(self.orders_refused),
            "lines": self.lines,
            "units": self.units,
            "goods_pence": self.goods_pence,
            "shipping_pence": self.shipping_pence,
            "grand_pence": self.grand_pence,
            "rows_skipped": dict(self.rows_skipped),
            "seconds": round(self.seconds, 3),
            "orders_per_second": self.orders_per_second,
            "mismatches": self.mismatches,
        }

    def write(self, path: Path) -> None:
        """Write the figures as JSON."""
        path.write_text(json.dumps(self.as_json(), indent=2) + "\n")

    def show(self, console: Console) -> None:
        """Print the figures as a table."""
        table = Table(
            "figure", "value", title="dry run: nothing was sent" if self.dry_run else None
        )
        for name, value in self.as_json().items():
            if isinstance(value, dict):
                for reason, count in value.items():  # pyright: ignore[reportUnknownVariableType]
                    table.add_row(f"{name}: {reason}", f"{count:,}")
            elif name.endswith("_pence"):
                table.add_row(name, f"{value:,}  (GBP {value // 100:,}.{value % 100:02})")
            elif isinstance(value, bool | list):
                continue
            else:
                table.add_row(name, f"{value:,}")
        console.print(table)
        for line in self.mismatches:
            console.print(f"[red]differs from the file:[/red] {line}")
