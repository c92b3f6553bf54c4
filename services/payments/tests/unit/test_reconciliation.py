from uuid import UUID

from contracts.values import OrderId, PaymentId
from hypothesis import given
from hypothesis import strategies as st
from payments.domain.amounts import Amounts
from payments.domain.balance import balance
from payments.domain.gateway import Listed
from payments.domain.reconciliation import Finding, Ours, Priced, Trouble, compare, compare_orders

ID, OTHER = PaymentId(UUID(int=1)), PaymentId(UUID(int=2))
ORDER = OrderId(UUID(int=3))

amounts = st.tuples(*[st.integers(0, 1000)] * 4).map(
    lambda of: Amounts(of[0] + of[1] + of[3], of[1], min(of[1], of[2]), of[3])
)


def listed(id_: PaymentId | None, sums: Amounts, name: str = "ch_1") -> Listed:
    return Listed(id_, name, "GBP", sums.captured, sums.refunded, sums.held)


def troubles(found: list[Finding]) -> list[Trouble]:
    return [one.trouble for one in found]


@given(amounts)
def test_books_that_agree_have_no_findings(sums: Amounts) -> None:
    """I4: none where there is nothing to find."""
    assert compare("test", [Ours(ID, ORDER, sums)], [listed(ID, sums)], {ID}) == []


def test_each_trouble_has_its_name() -> None:
    """I4, I5."""
    held = Amounts(100)
    ours = [Ours(ID, ORDER, held)]

    assert troubles(compare("test", ours, [], set())) == [Trouble.MISSING_AT_GATEWAY]
    assert troubles(compare("test", [], [listed(OTHER, held)], {ID})) == [Trouble.UNKNOWN_TO_US]
    assert troubles(compare("test", [], [listed(None, held)], set())) == [Trouble.UNKNOWN_TO_US]
    twice = [listed(ID, held), listed(ID, held, "ch_2")]
    assert troubles(compare("test", ours, twice, {ID})) == [Trouble.HELD_TWICE]
    captured = Amounts(100, captured=100)
    (differ,) = compare("test", ours, [listed(ID, captured)], {ID})
    assert (differ.trouble, differ.amounts["our captured"], differ.amounts["their captured"]) == (
        Trouble.AMOUNTS_DIFFER,
        0,
        100,
    )


def test_a_payment_that_holds_nothing_needs_no_gateway() -> None:
    """I5: voided and declined payments."""
    voided = Amounts(100, voided=100)
    assert compare("test", [Ours(ID, ORDER, voided)], [], set()) == []
    assert compare("test", [], [listed(OTHER, voided)], set()) == []


def test_money_is_held_for_orders_that_stand_and_cost_as_much() -> None:
    """PA-8, SU-8: a late success after a cancel is found."""
    ours = [Ours(ID, ORDER, Amounts(100)), Ours(OTHER, ORDER, Amounts(60, captured=60))]

    assert compare_orders(ours, [Priced(ORDER, 160, cancelled=False)]) == []
    over = compare_orders(ours, [Priced(ORDER, 159, cancelled=False)])
    assert troubles(over) == [Trouble.PAID_TOO_MUCH]
    assert over[0].amounts == {"held": 160, "total": 159}
    late = compare_orders(ours, [Priced(ORDER, 160, cancelled=True)])
    assert troubles(late) == [Trouble.HELD_FOR_NOTHING]


@given(st.lists(st.tuples(st.booleans(), amounts), max_size=20), st.integers(0, 10**6))
def test_what_is_due_and_what_is_there_add_up_to_the_total(
    shares: list[tuple[bool, Amounts]], total: int
) -> None:
    """PA-8: to the cent."""
    sums = balance(shares)

    assert sums.due(total) + sums.paid + sums.set_aside == total
    assert sums.expected + sums.set_aside + sums.captured + sums.voided == sum(
        share.authorised for _, share in shares
    )
