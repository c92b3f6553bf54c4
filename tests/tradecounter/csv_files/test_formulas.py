"""No cell that is written is a formula to a spreadsheet, and every text comes back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tradecounter.csv_files.formulas import protected, unprotected

beginnings = st.text(["'", "=", "+", "-", "@", "\t", "\r", "a"], max_size=4)


@given(text=st.builds(str.__add__, beginnings, st.text(max_size=5)))
def test_every_text_comes_back_and_none_is_a_formula(text: str) -> None:
    cell = protected(text)
    assert unprotected(cell) == text
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize("text", ["=1+1", "+44 20 7946 0018", "-2", "@SUM(A1)", "\t=1", "'=1"])
def test_what_could_be_a_formula_gets_an_apostrophe(text: str) -> None:
    assert protected(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=1", "'tis", "3-2"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert (protected(text), unprotected(text)) == (text, text)
