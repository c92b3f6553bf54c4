"""What can be promised, now and later."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from catalog.domain.availability import (
    Availability,
    Expected,
    Place,
    PlaceAvailability,
    free_units,
    last_day,
    unpromised,
)
from catalog.domain.stock_policy import Backorder, ProductPolicy, SitePolicy
from contracts.values import LocationId, Sku
from hypothesis import given
from hypothesis import strategies as st

TODAY = date(2026, 3, 1)


def in_days(days: int) -> date:
    return TODAY + timedelta(days=days)


def a_place(number: int, *, ships: bool = True) -> Place:
    return Place(LocationId(UUID(int=number)), f"p{number}", "P", ships, not ships, False, 1)


def an_availability(*places: PlaceAvailability) -> Availability:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    return Availability(Sku("CHAIR"), now, True, Backorder.REFUSE, True, places)


def test_available_is_on_hand_less_allocated_reserved_and_safety_stock() -> None:
    """IN-4, IN-7."""
    assert free_units(on_hand=10, reserved=2, allocated=3, safety_stock=1) == 4


def test_safety_stock_above_what_is_left_leaves_nothing_never_less() -> None:
    """IN-7: not sellable, and never negative."""
    assert free_units(on_hand=5, reserved=1, allocated=3, safety_stock=4) == 0


def test_five_on_hand_three_allocated_five_to_come_make_seven() -> None:
    """IN-4: the example of the rule."""
    current = free_units(on_hand=5, reserved=0, allocated=3, safety_stock=0)
    future = unpromised([Expected(in_days(3), 5)], promised=0, until=in_days(30))

    assert PlaceAvailability(a_place(1), current, future).total == 7


def test_the_horizon_is_inclusive_and_overdue_receipts_still_count() -> None:
    """IN-5."""
    receipts = [Expected(in_days(days), 1) for days in (-2, 0, 30, 31)]

    assert unpromised(receipts, promised=0, until=in_days(30)) == tuple(receipts[:3])


@pytest.mark.parametrize(
    ("zone", "last"),
    [
        ("Pacific/Auckland", date(2026, 1, 2)),
        ("UTC", date(2026, 1, 1)),
        ("America/New_York", date(2025, 12, 31)),
        ("Nowhere/At_All", date(2026, 1, 1)),
    ],
)
def test_today_is_the_sites_own_day(zone: str, last: date) -> None:
    """IN-5: in the site's time zone."""
    now = (
        datetime(2026, 1, 1, 1, 0, tzinfo=UTC)
        if "New" in zone
        else datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
    )

    assert last_day(now, zone, 0) == last
    assert last_day(now, zone, 30) == last + timedelta(days=30)


def test_several_days_give_several_buckets_and_what_was_promised_comes_off_the_earliest() -> None:
    """IN-5."""
    receipts = [Expected(in_days(9), 4), Expected(in_days(2), 3), Expected(in_days(2), 2)]

    assert unpromised(receipts, promised=6, until=in_days(30)) == (Expected(in_days(9), 3),)
    assert unpromised(receipts, promised=1, until=in_days(30)) == (
        Expected(in_days(2), 4),
        Expected(in_days(9), 4),
    )


receipts_ = st.lists(st.builds(Expected, st.dates(in_days(-5), in_days(60)), st.integers(1, 20)))


@given(receipts_, st.integers(0, 200), st.integers(-5, 60))
def test_future_stock_is_never_more_than_is_expected_and_not_promised(
    receipts: list[Expected], promised: int, days: int
) -> None:
    """IN-5, IN-12: within the horizon at most what comes, in all at most what is left."""
    found = unpromised(receipts, promised=promised, until=in_days(days))

    total = sum(one.units for one in found)
    within = sum(one.units for one in receipts if one.due <= in_days(days))
    assert total == max(0, within - promised)
    assert [one.due for one in found] == sorted({one.due for one in found})
    assert all(one.units > 0 and one.due <= in_days(days) for one in found)


def test_direct_ship_shows_the_aggregate_over_the_locations_that_ship() -> None:
    """IN-2, IN-3: dates stay apart; a pickup place keeps its own total."""
    soon, later = Expected(in_days(1), 2), Expected(in_days(5), 1)
    shop = PlaceAvailability(a_place(3, ships=False), 7)
    found = an_availability(
        PlaceAvailability(a_place(1), 4, (soon,)),
        PlaceAvailability(a_place(2), 1, (soon, later)),
        shop,
    )

    assert found.current == 5
    assert found.future == (Expected(in_days(1), 4), later)
    assert found.total == 10
    assert shop.total == 7


def test_a_products_own_policy_stands_before_the_sites() -> None:
    """IN-5, IN-9: refused unless said otherwise; the product's own switch has the last word."""
    assert SitePolicy() == SitePolicy(False, 30, Backorder.REFUSE, True)
    site = SitePolicy(future_stock=True, backorder=Backorder.ALLOW)

    assert site.for_product(None, future_stock=True) == site
    assert not site.for_product(None, future_stock=False).future_stock
    assert not site.for_product(ProductPolicy(future_stock=False), future_stock=True).future_stock
    wished = ProductPolicy(Backorder.PERMISSION, future_stock=True)
    own = SitePolicy().for_product(wished, future_stock=True)
    assert (own.backorder, own.future_stock) == (Backorder.PERMISSION, True)
    assert not SitePolicy().for_product(wished, future_stock=False).future_stock
