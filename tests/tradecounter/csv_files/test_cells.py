"""Values are read exactly, and what cannot be read is named at its cell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tradecounter.csv_files.cells import Cells, written_amount
from tradecounter.csv_files.faults import RowError
from tradecounter.csv_files.rows import Row

minors = st.integers(-(10**17), 10**17)


def _cells(text: str) -> Cells:
    return Cells(Row(7, {"it": text}))


@given(minor=minors, currency=st.sampled_from(["GBP", "JPY", "KWD", "CLF"]))
def test_an_amount_comes_back_as_it_was_written(minor: int, currency: str) -> None:
    money = {"minor": minor, "currency": currency}
    assert _cells(written_amount(money)).amount("it", currency) == money


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12.50", "GBP", 1250),
        ("12.5", "GBP", 1250),
        ("12", "GBP", 1200),
        ("12", "JPY", 12),
        ("12.500", "GBP", 1250),
        ("1.234", "KWD", 1234),
        ("-0.01", "GBP", -1),
    ],
)
def test_amounts_are_read_in_the_currencys_decimals(text: str, currency: str, minor: int) -> None:
    assert _cells(text).amount("it", currency) == {"minor": minor, "currency": currency}


@pytest.mark.parametrize(
    ("text", "currency", "code"),
    [
        ("12,50", "GBP", "NOT_AN_AMOUNT"),
        ("1e3", "GBP", "NOT_AN_AMOUNT"),
        ("£12", "GBP", "NOT_AN_AMOUNT"),
        ("NaN", "GBP", "NOT_AN_AMOUNT"),
        ("12.505", "GBP", "TOO_MANY_DECIMALS"),
        ("12.5", "JPY", "TOO_MANY_DECIMALS"),
        ("999999999999999999", "GBP", "AMOUNT_OUT_OF_RANGE"),
        ("12", "XXQ", "UNKNOWN_CURRENCY"),
        ("12", "pounds", "UNKNOWN_CURRENCY"),
    ],
)
def test_an_amount_that_makes_no_sense_is_named(text: str, currency: str, code: str) -> None:
    cells = _cells(text)
    assert cells.amount("it", currency) is None
    assert [(e.line, e.column, e.code, e.value) for e in cells.errors] == [(7, "it", code, text)]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("whole", "12", 12),
        ("whole", " -3 ", -3),
        ("whole", "+4.0", 4),
        ("whole", "", None),
        ("flag", "Yes", True),
        ("flag", "FALSE", False),
        ("flag", "", None),
        ("many", "a | b||c ", ["a", "b", "c"]),
        ("text", "  a b ", "a b"),
        ("verbatim", " a ", " a "),
        ("object", '{"a": 1}', {"a": 1}),
        ("objects", '[{"a": 1}]', [{"a": 1}]),
    ],
)
def test_a_value_is_read(kind: str, text: str, value: object) -> None:
    cells = _cells(text)
    assert getattr(cells, kind)("it") == value
    assert cells.errors == []


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        ("whole", "1.5", "NOT_A_WHOLE_NUMBER"),
        ("whole", "9" * 19, "NOT_A_WHOLE_NUMBER"),
        ("whole", "1 000", "NOT_A_WHOLE_NUMBER"),
        ("whole", "\N{ARABIC-INDIC DIGIT ONE}", "NOT_A_WHOLE_NUMBER"),
        ("number", "Infinity", "NOT_A_NUMBER"),
        ("number", "1,5", "NOT_A_NUMBER"),
        ("number", "1e50", "NOT_A_NUMBER"),
        ("number", "1_000", "NOT_A_NUMBER"),
        ("flag", "perhaps", "NOT_YES_OR_NO"),
        ("needed", "  ", "FIELD_REQUIRED"),
        ("object", "[1]", "NOT_JSON"),
        ("objects", "{", "NOT_JSON"),
        ("objects", '[{"a": NaN}]', "NOT_JSON"),
        ("object", '{"a": [1e999]}', "NOT_JSON"),
        pytest.param("objects", "[" * 100_000, "NOT_JSON", id="deeply nested"),
    ],
)
def test_a_value_that_makes_no_sense_is_named(kind: str, text: str, code: str) -> None:
    cells = _cells(text)
    getattr(cells, kind)("it")
    (error,) = cells.errors
    assert isinstance(error, RowError)
    assert (error.line, error.column, error.code) == (7, "it", code)
