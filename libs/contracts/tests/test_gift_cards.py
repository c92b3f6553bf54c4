"""Codes of gift cards, which pay for whoever knows them, and their digests."""

import pytest
from contracts.gift_cards import code_digest, code_ending

CODE = "BCDF-GHJK-LMNP-QRST"
KEPT = "f48b3fbe"
"""How the digest of that code begins in every database."""


@pytest.mark.parametrize(
    "typed", [CODE, "bcdfghjklmnpqrst", " bcdf GHJK\tlmnp\N{EN DASH}qrst ", "BCDF--GHJK/LMNP.QRST"]
)
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    """PA-3."""
    assert code_digest(typed) == code_digest(CODE)
    assert code_ending(typed) == "QRST"


def test_digests_that_are_kept_find_their_cards_in_every_release() -> None:
    """PA-3: another way of digesting would lose every card that was sold."""
    assert code_digest(CODE).startswith(KEPT)
    assert len(code_digest(CODE)) == 64


def test_a_digest_is_no_code() -> None:
    """PA-3: who reads a digest somewhere cannot pay with it."""
    assert code_digest(code_digest(CODE)) != code_digest(CODE)
