"""Every rule has a proof."""

from tradecounter.documents.coverage import proofs
from tradecounter.documents.rules import PLANNED, every_rule


def test_every_rule_is_proved_by_a_test_or_planned() -> None:
    missing = every_rule().keys() - proofs().keys() - PLANNED
    assert not missing, f"no test names {sorted(missing)} in its docstring"


def test_no_test_names_a_rule_that_is_none() -> None:
    assert proofs().keys() <= every_rule().keys()


def test_a_rule_that_is_proved_is_no_longer_planned() -> None:
    assert not PLANNED & proofs().keys()
