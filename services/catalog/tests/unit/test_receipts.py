"""Goods that are expected come once, or are no longer expected."""

from datetime import date
from uuid import uuid4

import pytest
from catalog.domain.receipts import Receipt, ReceiptLine, ReceiptState
from catalog.domain.stock_errors import OverBooked, ReceiptClosed, UnknownReceiptLines
from contracts.values import LocationId, Sku
from hypothesis import given
from hypothesis import strategies as st

CHAIR, TABLE, LAMP = Sku("CHAIR"), Sku("TABLE"), Sku("LAMP")


def a_receipt(**units: int) -> Receipt:
    lines = {Sku(sku): ReceiptLine(n) for sku, n in units.items()}
    place = LocationId(uuid4())
    return Receipt(uuid4(), place, "PO-1", date(2026, 3, 1), "clerk", lines, version=1)


def test_what_comes_is_no_longer_expected_and_the_last_part_closes_it() -> None:
    """IN-5: a receipt moves quantity exactly once."""
    receipt = a_receipt(CHAIR=5, TABLE=2)

    assert receipt.book({CHAIR: 3}, over=False) == {CHAIR: 3}
    assert (receipt.expected(CHAIR), receipt.expected(TABLE)) == (2, 2)
    assert receipt.state is ReceiptState.OPEN
    assert receipt.book(None, over=False) == {CHAIR: 2, TABLE: 2}
    assert receipt.state is ReceiptState.BOOKED

    with pytest.raises(ReceiptClosed):
        receipt.book(None, over=True)


def test_more_than_is_expected_needs_a_word() -> None:
    """IN-5: over-booking is refused with what is expected, unless it was meant."""
    receipt = a_receipt(CHAIR=5, TABLE=2)

    with pytest.raises(OverBooked) as refused:
        receipt.book({CHAIR: 6, TABLE: 2}, over=False)
    assert refused.value.expected == {CHAIR: 5}
    assert receipt.expected(TABLE) == 2

    receipt.book({CHAIR: 6}, over=True)
    assert receipt.expected(CHAIR) == 0
    assert receipt.lines[CHAIR].booked == 6


def test_a_product_that_was_not_announced_is_refused() -> None:
    with pytest.raises(UnknownReceiptLines) as refused:
        a_receipt(CHAIR=5).book({LAMP: 1, CHAIR: 1}, over=True)
    assert refused.value.skus == (LAMP,)


def test_what_is_cancelled_is_not_expected_and_what_was_booked_stays() -> None:
    """IN-5."""
    receipt = a_receipt(CHAIR=5)
    receipt.book({CHAIR: 2}, over=False)

    assert receipt.cancel()
    assert not receipt.cancel()

    assert (receipt.expected(CHAIR), receipt.lines[CHAIR].booked) == (0, 2)
    with pytest.raises(ReceiptClosed):
        receipt.book({CHAIR: 1}, over=True)
    with pytest.raises(ReceiptClosed):
        receipt.change(due=date(2026, 4, 1), reference=None)


def test_all_that_came_cannot_be_cancelled() -> None:
    receipt = a_receipt(CHAIR=1)
    receipt.book(None, over=False)

    with pytest.raises(ReceiptClosed):
        receipt.cancel()


def test_a_receipt_is_put_off_and_the_same_again_changes_nothing() -> None:
    receipt = a_receipt(CHAIR=1)

    assert receipt.change(due=date(2026, 4, 1), reference=None)
    assert not receipt.change(due=date(2026, 4, 1), reference="PO-1")
    assert (receipt.due, receipt.reference, receipt.version) == (date(2026, 4, 1), "PO-1", 2)


parts = st.lists(st.dictionaries(st.sampled_from([CHAIR, TABLE]), st.integers(1, 6), min_size=1))


@given(parts)
def test_however_it_comes_every_unit_is_taken_in_once(taken: list[dict[Sku, int]]) -> None:
    """IN-5: booked and expected make up what was announced, until more comes."""
    receipt, came = a_receipt(CHAIR=7, TABLE=4), {CHAIR: 0, TABLE: 0}

    for part in taken:
        try:
            for sku, units in receipt.book(part, over=False).items():
                came[sku] += units
        except (OverBooked, ReceiptClosed):
            pass
        for sku, announced in ((CHAIR, 7), (TABLE, 4)):
            assert receipt.lines[sku].booked == came[sku]
            assert receipt.expected(sku) == announced - came[sku]
    assert (receipt.state is ReceiptState.BOOKED) == (came == {CHAIR: 7, TABLE: 4})
