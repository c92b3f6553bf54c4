"""What each of a customer's means pays of what is due."""

from contracts.gift_cards import CodeDigest
from contracts.values import Money
from hypothesis import given
from hypothesis import strategies as st
from orders.domain.splitting import Purse, split

CARDS = tuple(map(CodeDigest, ("b1", "9f", "00", "c4")))


@given(
    due=st.integers(-5, 5000),
    left=st.dictionaries(st.sampled_from(CARDS), st.integers(0, 3000)),
    cards=st.lists(st.sampled_from(CARDS)),
    owned=st.integers(0, 3000),
    credit=st.booleans(),
)
def test_the_parts_are_what_is_due_and_no_more_than_there_is(
    due: int, left: dict[CodeDigest, int], cards: list[CodeDigest], owned: int, credit: bool
) -> None:
    """PA-8: to the penny, no card twice, nothing of nothing."""
    found = split(Money(due, "GBP"), Purse(owned, left), cards, credit=credit)
    paid = [part.amount.minor for part in found.parts if part.amount]
    assert len(paid) == len(found.parts)
    assert sum(paid) + found.rest == max(due, 0)
    assert all(minor > 0 for minor in paid)
    assert found.rest >= 0
    used = [part.code_digest for part in found.parts if part.code_digest]
    assert len(set(used)) == len(used)
    for part in found.parts:
        there_is = left[part.code_digest] if part.code_digest else owned
        assert part.amount is not None
        assert part.amount.minor <= there_is
    if found.rest:
        used_up = sum(left.get(card, 0) for card in set(cards)) + (owned if credit else 0)
        assert sum(paid) == used_up, "money was left while something is due"
