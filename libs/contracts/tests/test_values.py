"""Money is whole minor units; quantities have bounds (CP-8)."""

import pytest
from contracts.values import MAX_MINOR, MAX_UNITS, AmountOutOfRange, Money, Quantity, Sku
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

amounts = st.integers(-(2**61), 2**61)


@given(amounts, amounts)
def test_sums_and_differences_are_exact(one: int, other: int) -> None:
    assert Money(one, "GBP") + Money(other, "GBP") - Money(other, "GBP") == Money(one, "GBP")


def test_currencies_do_not_mix() -> None:
    with pytest.raises(ValueError, match="GBP and EUR"):
        _ = Money(1, "GBP") + Money(1, "EUR")


@pytest.mark.parametrize("currency", ["gbp", "GB", "POUND", "", "GB1"])
def test_a_currency_is_three_capital_letters(currency: str) -> None:
    with pytest.raises(ValueError, match="three capital letters"):
        Money(1, currency)


@pytest.mark.parametrize("minor", ["1250", True, 12.0, 12.5, None])
def test_an_amount_is_a_whole_number_and_nothing_like_it(minor: object) -> None:
    """CP-8: what a caller mistook for money is not guessed at."""
    with pytest.raises(ValidationError):
        TypeAdapter(Money).validate_python({"minor": minor, "currency": "GBP"})


@pytest.mark.parametrize("minor", [MAX_MINOR + 1, -MAX_MINOR - 1])
def test_an_amount_beyond_64_bits_is_refused(minor: int) -> None:
    with pytest.raises(AmountOutOfRange):
        Money(minor, "GBP")


@given(st.integers(2, 10_000_000))
def test_a_product_beyond_64_bits_is_refused(times: int) -> None:
    with pytest.raises(AmountOutOfRange):
        _ = Money(MAX_MINOR, "GBP") * times


@pytest.mark.parametrize("units", [0, -1, MAX_UNITS + 1])
def test_a_quantity_is_between_one_and_ten_million(units: int) -> None:
    with pytest.raises(ValueError, match="are not between"):
        Quantity(Sku("MUG"), units)
