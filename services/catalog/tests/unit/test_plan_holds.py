"""Which shelf a reservation takes its units from."""

from uuid import UUID

import pytest
from catalog.domain.errors import NotEnoughStock, Short
from catalog.domain.stock import Hold, Shelf, Wanted, plan_holds
from contracts.values import LocationId, Sku

CHAIR, TABLE = Sku("CHAIR"), Sku("TABLE")
NEAR, FAR, SHOP = (LocationId(UUID(int=n)) for n in (1, 2, 3))


def a_shelf(sku: Sku, place: LocationId, available: int, **but: int) -> Shelf:
    code = f"code-{place.int}"
    return Shelf(sku, place, code, bool(but.get("ships", 1)), but.get("priority", 1), available)


def test_takes_from_the_lowest_priority_then_the_lowest_code() -> None:
    """IN-10."""
    shelves = [a_shelf(CHAIR, FAR, 5), a_shelf(CHAIR, NEAR, 2), a_shelf(CHAIR, SHOP, 1, priority=0)]

    assert plan_holds([Wanted(CHAIR, 4)], shelves) == (
        Hold(CHAIR, NEAR, 2),
        Hold(CHAIR, FAR, 1),
        Hold(CHAIR, SHOP, 1),
    )


def test_adds_up_lines_of_one_product_and_serves_bound_ones_first() -> None:
    """IN-10: one hold per product and location."""
    shelves = [a_shelf(CHAIR, NEAR, 5), a_shelf(CHAIR, FAR, 5)]

    lines = [Wanted(CHAIR, 3), Wanted(CHAIR, 2), Wanted(CHAIR, 4, NEAR)]

    assert plan_holds(lines, shelves) == (Hold(CHAIR, NEAR, 5), Hold(CHAIR, FAR, 4))


def test_holds_no_line_when_one_is_short_and_names_every_short_one() -> None:
    """IN-4."""
    shelves = [a_shelf(CHAIR, NEAR, 5), a_shelf(CHAIR, SHOP, 1, ships=0)]

    with pytest.raises(NotEnoughStock) as refused:
        plan_holds([Wanted(TABLE, 1), Wanted(CHAIR, 6), Wanted(CHAIR, 2, SHOP)], shelves)

    assert refused.value.shortages == (
        Short(CHAIR, None, 6, 5),
        Short(CHAIR, SHOP, 2, 1),
        Short(TABLE, None, 1, 0),
    )


def test_nothing_wanted_is_nothing_held() -> None:
    assert plan_holds([], []) == ()


def test_a_line_below_one_unit_is_a_fault() -> None:
    with pytest.raises(ValueError, match="0 units of CHAIR"):
        Wanted(CHAIR, 0)
