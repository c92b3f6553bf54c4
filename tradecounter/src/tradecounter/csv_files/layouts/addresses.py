"""Addresses in the columns of a row: ``billing_city``, ``shipping_line1``."""

from collections.abc import Mapping, Sequence
from typing import Any

from tradecounter.client import Json
from tradecounter.csv_files.cells import Cells

USES = ("billing", "shipping")
LINES = tuple(f"line{n}" for n in range(1, 5))
PARTS = ("name", "company", "city", "region", "postal_code", "country", "phone")
ADDRESS = ("name", "company", *LINES, "city", "region", "postal_code", "country", "phone")
ADDRESSES = tuple(f"{use}_{part}" for use in USES for part in ADDRESS)


def filled_uses(cells: Cells) -> Sequence[str]:
    """Give which of the two addresses are filled in."""
    return [use for use in USES if any(cells.text(f"{use}_{part}") for part in ADDRESS)]


def address_of(cells: Cells, use: str) -> Json:
    """Give an address as the APIs take it."""
    texts = {part: cells.text(f"{use}_{part}") for part in PARTS}
    lines = [text for line in LINES if (text := cells.text(f"{use}_{line}"))]
    return {name: text for name, text in texts.items() if text} | {"lines": lines}


def address_column(cells: Cells, use: str, part: str, line: str | None) -> str:
    """Say which column a part of an address means; of its lines, which of those filled in."""
    if part == "lines":
        filled = [name for name in LINES if cells.text(f"{use}_{name}")] or LINES
        nth = int(line or 0)
        return f"{use}_{filled[nth] if nth < len(filled) else LINES[0]}"
    return f"{use}_{part if part in PARTS else 'name'}"


def written_address(use: str, address: Mapping[str, Any]) -> dict[str, object]:
    """Give the cells of an address."""
    values: dict[str, object] = {f"{use}_{part}": address.get(part) for part in PARTS}
    lines = zip(LINES, address.get("lines", ()), strict=False)
    return values | {f"{use}_{name}": text for name, text in lines}
