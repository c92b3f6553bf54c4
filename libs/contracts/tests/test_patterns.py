"""Patterns match as RabbitMQ's topic exchanges do, so that queues and webhooks get the same."""

import re

import pytest
from contracts.patterns import Pattern, PatternMalformed
from hypothesis import given
from hypothesis import strategies as st

words = st.sampled_from(["orders", "order-submitted", "v1"])
kinds = st.lists(words, min_size=1, max_size=5).map(".".join)
patterns = st.lists(st.one_of(words, st.sampled_from("*#")), min_size=1, max_size=5).map(".".join)


def as_regex(pattern: str) -> str:
    """Say the same in another language: every word with a dot before it."""
    parts = {"#": r"(\.[^.]+)*", "*": r"\.[^.]+"}
    return "".join(parts.get(word) or re.escape("." + word) for word in pattern.split("."))


@given(pattern=patterns, kind=kinds)
def test_a_pattern_matches_what_the_exchange_would_let_through(pattern: str, kind: str) -> None:
    expected = re.fullmatch(as_regex(pattern), "." + kind) is not None
    assert Pattern(pattern).matches(kind) == expected


@given(kind=kinds)
def test_a_type_matches_itself_and_everything_matches_all(kind: str) -> None:
    assert Pattern(kind).matches(kind)
    assert Pattern("#").matches(kind)


@pytest.mark.parametrize(
    "text",
    ["", ".", "orders.", "Orders.#", "orders..v1", "a b", "or*", "#" * 300, ".".join("abcdefghi")],
)
def test_what_is_no_pattern_is_refused(text: str) -> None:
    with pytest.raises(PatternMalformed):
        Pattern(text)
