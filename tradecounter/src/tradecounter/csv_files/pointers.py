"""What the JSON pointers of an answer point at."""

import re
from collections.abc import Sequence

from tradecounter.client import Json

_ROW = re.compile(r"/rows/([0-9]+)(/.*)?")
_WRAPPER = re.compile(r"/(?:product|customer|order)(?=/|$)")


def rows_at_fault(problem: Json, count: int) -> Sequence[tuple[int, Json]]:
    """Give the rows of a refused request that made it be refused, each with its error.

    Empty when something else than rows is at fault, or nothing is said of where.
    """
    found: list[tuple[int, Json]] = []
    for error in problem.get("errors") or ():
        place = _ROW.fullmatch(error.get("pointer") or "")
        if place is None or int(place[1]) >= count:
            return ()
        found.append((int(place[1]), {**error, "pointer": place[2] or ""}))
    return found


def into_row(pointer: str) -> str:
    """Give a pointer into what a row is about: ``/product/name`` and ``/name`` are one."""
    if place := _ROW.fullmatch(pointer):
        pointer = place[2] or ""
    return _WRAPPER.sub("", pointer, count=1)
