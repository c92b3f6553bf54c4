"""Amounts as Stripe writes them, by its page on currencies (checked 2026-11)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from payments.gateways.stripe_units import from_stripe, to_stripe


@pytest.mark.parametrize(
    ("minor", "currency", "amount"),
    [
        (1000, "USD", 1000),
        (500, "JPY", 500),
        (5, "ISK", 500),
        (5, "UGX", 500),
        (1000, "MGA", 10),
        (1001, "MGA", None),
        (5120, "KWD", 5120),
        (5124, "KWD", None),
        (1045, "HUF", 1045),
    ],
)
def test_an_amount_is_written_as_stripe_wants_it(
    minor: int, currency: str, amount: int | None
) -> None:
    """PA-2: crowns with two digits, ariary with none, dinars to the ten; all others as ISO 4217."""
    assert to_stripe(minor, currency) == amount


@given(
    minor=st.integers(0, 10**12),
    currency=st.sampled_from(["GBP", "JPY", "ISK", "UGX", "MGA", "KWD", "TND"]),
)
def test_what_is_written_is_read_as_it_was(minor: int, currency: str) -> None:
    """PA-7: the books agree, whatever the currency; Stripe writes its code in small letters."""
    written = to_stripe(minor, currency)
    assert written is None or from_stripe(written, currency.lower()) == minor
