"""SE-6: a search is put together once, whatever is typed and by whom."""

from uuid import uuid4

from chassis.scope import Scope
from contracts.values import SiteId, StaffId
from customers.queries.wanted import Shape, Wanted


def a_clerk(*sites: SiteId) -> Scope:
    return Scope(StaffId("clerk"), frozenset(), frozenset(sites))


ANN, BOB = a_clerk(SiteId(uuid4())), a_clerk(SiteId(uuid4()), SiteId(uuid4()))
BOSS = Scope(StaffId("boss"), frozenset(), None)


def test_searches_that_differ_in_values_share_a_statement() -> None:
    """SE-6."""
    gold = Wanted(of_set=uuid4(), level="gold", external_reference="A-1")
    trade = Wanted(of_set=uuid4(), level="trade", external_reference="B-2")

    assert Shape.of(ANN, gold) == Shape.of(BOB, trade)


def test_what_asks_for_another_condition_has_a_statement_of_its_own() -> None:
    """SE-6, SC-1: nobody is shown what another filter or scope lets through."""
    shapes = {
        Shape.of(ANN, Wanted()),
        Shape.of(BOSS, Wanted()),
        Shape.of(ANN, Wanted(of_set=uuid4())),
        Shape.of(ANN, Wanted(level="")),
        Shape.of(ANN, Wanted(disabled=True)),
        Shape.of(ANN, Wanted(disabled=False)),
        Shape.of(ANN, Wanted(registered=False)),
    }

    assert len(shapes) == 7
