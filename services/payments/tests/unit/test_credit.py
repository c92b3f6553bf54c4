from uuid import UUID

import pytest
from contracts.card_numbers import holds_card_number
from contracts.gift_cards import code_digest
from hypothesis import given
from hypothesis import strategies as st
from payments.domain.codes import new_code
from payments.domain.credit import NotEnoughCredit, Transfer, apply

OWED = UUID(int=0)
accounts = st.integers(0, 5).map(lambda number: UUID(int=number))
moves = st.tuples(accounts, accounts, st.integers(1, 1000)).filter(lambda move: move[0] != move[1])


@given(st.lists(moves, max_size=60))
def test_money_is_never_made_or_lost_and_nobody_but_the_shop_owes(
    steps: list[tuple[UUID, UUID, int]],
) -> None:
    """PA-3: double entry."""
    balances: dict[UUID, int] = {}
    for number, (source, target, amount) in enumerate(steps):
        transfer = Transfer(str(number), "any", {source: -amount, target: amount})
        seen, expected = None, (balances.get(source, 0), False, True)
        try:
            balances = apply(balances, transfer, OWED)
        except NotEnoughCredit as short:
            seen = (short.balance, source == OWED, short.balance < amount)
        assert seen in {None, expected}
        assert sum(balances.values()) == 0
        assert all(balance >= 0 for id_, balance in balances.items() if id_ != OWED)


def test_a_transfer_that_makes_money_cannot_be_written_down() -> None:
    """PA-3."""
    for entries in ({OWED: 1}, {OWED: -1, UUID(int=1): 2}, {}):
        with pytest.raises(ValueError, match="makes or loses"):
            Transfer("x", "any", entries)


def test_a_code_is_read_however_it_is_typed_and_is_no_card_number() -> None:
    """PA-2, PA-3."""
    codes = {new_code() for _ in range(200)}

    assert len(codes) == 200
    for code in codes:
        assert code_digest(code.lower().replace("-", " ")) == code_digest(code)
        assert not holds_card_number(code)
