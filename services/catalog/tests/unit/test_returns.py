"""Which units of an order go back first."""

from uuid import UUID

from catalog.domain.errors import Short
from catalog.domain.returns import Owned, ReturnRefusal, Taken, plan_return
from catalog.domain.sourcing import Wanted
from contracts.values import LocationId, Sku, SubmissionId
from hypothesis import given
from hypothesis import strategies as st

LATE, EARLY = SubmissionId(UUID(int=2)), SubmissionId(UUID(int=1))
SHOP, WAREHOUSE = LocationId(UUID(int=3)), LocationId(UUID(int=4))
TEE, MUG = Sku("TEE"), Sku("MUG")


def owned(
    by: SubmissionId, units: int, pending: int = 0, backordered: int = 0, at: LocationId = SHOP
) -> Owned:
    return Owned(by, TEE, at, units, pending, backordered)


def test_what_is_owed_goes_back_before_what_is_on_its_way_and_goods_come_last() -> None:
    """SU-11, IN-6: of each part the latest promise first."""
    lines = [owned(LATE, 4, 1, 1), owned(EARLY, 4, 1, 1)]

    assert plan_return(lines, [Wanted(TEE, 5)]) == (
        Taken(LATE, TEE, SHOP, 3, 1, 1),
        Taken(EARLY, TEE, SHOP, 2, 1, 1),
    )


def test_more_than_the_order_has_takes_nothing_and_says_what_it_has() -> None:
    """SU-11: all or nothing."""
    short = plan_return([owned(EARLY, 3)], [Wanted(TEE, 2), Wanted(TEE, 2)])

    assert short == ReturnRefusal((Short(TEE, None, 4, 3),))


def test_what_is_bound_to_a_location_goes_back_there_or_not_at_all() -> None:
    """IN-10, FU-1."""
    lines = [owned(EARLY, 2, at=SHOP), owned(EARLY, 3, at=WAREHOUSE)]

    assert plan_return(lines, [Wanted(TEE, 2, WAREHOUSE)]) == (
        Taken(EARLY, TEE, WAREHOUSE, 2, 0, 0),
    )
    assert plan_return(lines, [Wanted(TEE, 3, SHOP)]) == ReturnRefusal((Short(TEE, SHOP, 3, 2),))


def test_what_the_order_still_collects_at_a_location_stays_there() -> None:
    """FU-1: a shipped unit less does not take from the shelf of what is picked up."""
    lines = [owned(EARLY, 2, at=SHOP), owned(EARLY, 3, at=WAREHOUSE)]

    assert plan_return(lines, [Wanted(TEE, 3)], [Wanted(TEE, 2, SHOP)]) == (
        Taken(EARLY, TEE, WAREHOUSE, 3, 0, 0),
    )


def test_of_a_product_that_was_never_allocated_nothing_goes_back() -> None:
    """IN-7: what is not tracked has no stock to go back to."""
    assert plan_return([owned(EARLY, 2)], [Wanted(MUG, 7)]) == ()


def test_what_was_given_back_before_is_not_there_again() -> None:
    """SU-11."""
    gone = owned(EARLY, 0)

    assert plan_return([gone], [Wanted(TEE, 1)]) == ReturnRefusal((Short(TEE, None, 1, 0),))
    assert plan_return([gone], None) == ()


def _line(by: int, at: LocationId, parts: tuple[int, int, int]) -> Owned:
    return owned(SubmissionId(UUID(int=by)), sum(parts), *parts[:2], at=at)


_parts = st.tuples(*[st.integers(0, 4)] * 3)
_lines = st.builds(_line, st.integers(1, 9), st.sampled_from([SHOP, WAREHOUSE]), _parts)


@given(
    st.lists(_lines, max_size=5, unique_by=lambda line: (line.submission_id, line.location_id)),
    st.lists(st.builds(Wanted, st.just(TEE), st.integers(1, 6), st.sampled_from([None, SHOP]))),
    st.lists(st.builds(Wanted, st.just(TEE), st.integers(1, 3), st.just(SHOP)), max_size=1),
)
def test_just_what_is_wanted_goes_back_and_never_more_than_there_is(
    lines: list[Owned], wanted: list[Wanted], kept: list[Wanted]
) -> None:
    """SU-11: by line and part; refused only where there is too little."""
    plan = plan_return(lines, wanted, kept)
    asked = sum(line.units for line in wanted) if lines else 0

    if isinstance(plan, ReturnRefusal):
        total = sum(line.units for line in lines)
        at_shop = sum(line.units for line in lines if line.location_id == SHOP)
        bound = sum(line.units for line in wanted + kept if line.location_id == SHOP)
        assert bound > at_shop or asked + sum(line.units for line in kept) > total
    else:
        had = {(line.submission_id, line.location_id): line for line in lines}
        assert sum(one.units for one in plan) == asked
        for one in plan:
            line = had[one.submission_id, one.location_id]
            assert one.pending <= line.pending
            assert one.backordered <= line.backordered
            waiting = one.pending + one.backordered
            assert 0 <= one.units - waiting <= line.units - line.pending - line.backordered
