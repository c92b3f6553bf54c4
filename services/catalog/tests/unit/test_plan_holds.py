"""Which location a reservation takes its units from, and from which stock."""

from uuid import UUID

import pytest
from catalog.domain.errors import NotEnoughStock, Short
from catalog.domain.sourcing import Hold, Rules, Shelf, Wanted, plan_holds
from contracts.values import LocationId, Sku

CHAIR, TABLE, LAMP = Sku("CHAIR"), Sku("TABLE"), Sku("LAMP")
NEAR, FAR, SHOP = (LocationId(UUID(int=n)) for n in (1, 2, 3))
TOGETHER = Rules(split=False)


def a_shelf(sku: Sku, place: LocationId, available: int, future: int = 0, **but: int) -> Shelf:
    code = f"code-{place.int}"
    ships, priority = bool(but.get("ships", 1)), but.get("priority", 1)
    return Shelf(sku, place, code, ships, priority, available, future)


def test_takes_from_the_lowest_priority_first() -> None:
    """IN-10."""
    shelves = [
        a_shelf(CHAIR, FAR, 5),
        a_shelf(CHAIR, NEAR, 2),
        a_shelf(CHAIR, SHOP, 1, priority=0),
    ]

    assert plan_holds([Wanted(CHAIR, 4)], shelves) == (
        Hold(CHAIR, FAR, 3),
        Hold(CHAIR, SHOP, 1),
    )


def test_among_equal_priorities_prefers_the_one_that_has_everything() -> None:
    """IN-10: the fewest parcels."""
    shelves = [
        a_shelf(CHAIR, NEAR, 5),
        a_shelf(TABLE, NEAR, 1),
        a_shelf(CHAIR, FAR, 2),
        a_shelf(TABLE, FAR, 2),
    ]

    assert plan_holds([Wanted(CHAIR, 2), Wanted(TABLE, 2)], shelves) == (
        Hold(CHAIR, FAR, 2),
        Hold(TABLE, FAR, 2),
    )


def test_else_the_one_that_has_most_products_in_full_and_ties_go_by_code() -> None:
    """IN-10."""
    shelves = [
        a_shelf(CHAIR, NEAR, 1),
        *(a_shelf(sku, FAR, 1) for sku in (CHAIR, TABLE)),
        *(a_shelf(sku, SHOP, 1) for sku in (CHAIR, LAMP)),
    ]

    held = plan_holds([Wanted(sku, 1) for sku in (CHAIR, LAMP, TABLE)], shelves)

    assert held == (Hold(CHAIR, FAR, 1), Hold(LAMP, SHOP, 1), Hold(TABLE, FAR, 1))


def test_what_none_has_in_full_comes_from_those_that_send_a_parcel_anyway() -> None:
    """IN-10."""
    shelves = [
        a_shelf(CHAIR, NEAR, 3),
        a_shelf(CHAIR, FAR, 2),
        a_shelf(CHAIR, SHOP, 2),
        a_shelf(TABLE, SHOP, 1),
    ]

    assert plan_holds([Wanted(CHAIR, 5), Wanted(TABLE, 1)], shelves) == (
        Hold(CHAIR, NEAR, 3),
        Hold(CHAIR, SHOP, 2),
        Hold(TABLE, SHOP, 1),
    )


def test_adds_up_lines_of_one_product_and_serves_bound_ones_first() -> None:
    """IN-10: one hold per product and location."""
    shelves = [a_shelf(CHAIR, NEAR, 5), a_shelf(CHAIR, FAR, 5)]

    lines = [Wanted(CHAIR, 3), Wanted(CHAIR, 2), Wanted(CHAIR, 4, NEAR)]

    assert plan_holds(lines, shelves) == (Hold(CHAIR, FAR, 5), Hold(CHAIR, NEAR, 4))[::-1]


def test_current_stock_is_used_before_future_stock() -> None:
    """IN-4: of seven, the first two come from current stock."""
    shelves = [a_shelf(CHAIR, NEAR, 2, 5)]

    assert plan_holds([Wanted(CHAIR, 7)], shelves) == (Hold(CHAIR, NEAR, 7, pending=5),)


def test_goods_on_hand_anywhere_go_before_goods_on_their_way() -> None:
    """IN-4, IN-10: also when that means another parcel, from a later location."""
    shelves = [a_shelf(CHAIR, NEAR, 1, 9, priority=0), a_shelf(CHAIR, FAR, 2)]

    assert plan_holds([Wanted(CHAIR, 4)], shelves) == (
        Hold(CHAIR, NEAR, 2, pending=1),
        Hold(CHAIR, FAR, 2),
    )


def test_what_no_stock_covers_is_owed_by_the_first_location_where_permitted() -> None:
    """IN-9."""
    shelves = [a_shelf(CHAIR, NEAR, 1, 1), a_shelf(CHAIR, FAR, 1, priority=0)]

    held = plan_holds([Wanted(CHAIR, 6)], shelves, Rules(backorder={CHAIR}))

    assert held == (
        Hold(CHAIR, NEAR, 2, pending=1),
        Hold(CHAIR, FAR, 4, backordered=3),
    )
    with pytest.raises(NotEnoughStock) as refused:
        plan_holds([Wanted(CHAIR, 6)], shelves, Rules(backorder={TABLE}))
    assert refused.value.shortages == (Short(CHAIR, None, 6, 3),)


def test_a_bound_line_is_owed_where_it_is_bound_and_nowhere_else() -> None:
    """IN-9, IN-10."""
    shelves = [a_shelf(CHAIR, NEAR, 9), a_shelf(CHAIR, SHOP, 1, 1, ships=0)]
    rules = Rules(backorder={CHAIR})

    held = plan_holds([Wanted(CHAIR, 4, SHOP)], shelves, rules)

    assert held == (Hold(CHAIR, SHOP, 4, pending=1, backordered=2),)
    with pytest.raises(NotEnoughStock):
        plan_holds([Wanted(CHAIR, 1, FAR)], shelves, rules)


def test_a_site_that_does_not_split_takes_all_from_one_location() -> None:
    """IN-10: split shipping is the site's choice; goods on hand first."""
    shelves = [
        a_shelf(CHAIR, NEAR, 1, 9, priority=0),
        a_shelf(TABLE, NEAR, 1, priority=0),
        a_shelf(CHAIR, FAR, 3),
        a_shelf(TABLE, FAR, 1),
    ]
    lines = [Wanted(CHAIR, 2), Wanted(TABLE, 1)]

    assert plan_holds(lines, shelves, TOGETHER) == (Hold(CHAIR, FAR, 2), Hold(TABLE, FAR, 1))
    assert plan_holds([*lines, Wanted(CHAIR, 2)], shelves, TOGETHER) == (
        Hold(CHAIR, NEAR, 4, pending=3),
        Hold(TABLE, NEAR, 1),
    )
    with pytest.raises(NotEnoughStock) as refused:
        plan_holds([Wanted(CHAIR, 2), Wanted(TABLE, 2)], shelves, TOGETHER)
    assert refused.value.shortages == (Short(TABLE, None, 2, 1),)
    owed = plan_holds([Wanted(TABLE, 2)], shelves, Rules(split=False, backorder={TABLE}))
    assert owed == (Hold(TABLE, NEAR, 2, backordered=1),)


def test_a_site_that_does_not_split_tells_the_most_that_one_location_could_give() -> None:
    """IN-10, IN-1: what staff are told is left can be ordered."""
    shelves = [a_shelf(CHAIR, NEAR, 1), a_shelf(CHAIR, FAR, 10), a_shelf(CHAIR, SHOP, 3)]

    with pytest.raises(NotEnoughStock) as refused:
        plan_holds([Wanted(CHAIR, 11)], shelves, TOGETHER)

    assert refused.value.shortages == (Short(CHAIR, None, 11, 10),)
    assert plan_holds([Wanted(CHAIR, 10)], shelves, TOGETHER) == (Hold(CHAIR, FAR, 10),)


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


@pytest.mark.parametrize("rules", [Rules(), TOGETHER])
def test_where_nothing_ships_nothing_is_owed(rules: Rules) -> None:
    """IN-9: a backorder needs a location that will send it."""
    rules = Rules(rules.split, backorder={CHAIR})

    with pytest.raises(NotEnoughStock) as refused:
        plan_holds([Wanted(CHAIR, 1)], [a_shelf(CHAIR, SHOP, 5, ships=0)], rules)

    assert refused.value.shortages == (Short(CHAIR, None, 1, 0),)


def test_nothing_wanted_is_nothing_held() -> None:
    assert plan_holds([], []) == ()
    assert plan_holds([], [], TOGETHER) == ()


def test_a_line_below_one_unit_is_a_fault() -> None:
    with pytest.raises(ValueError, match="0 units of CHAIR"):
        Wanted(CHAIR, 0)
