"""Whatever is wanted and wherever it lies: what is planned can be had, and nothing is moved."""

import random
from collections import Counter
from uuid import UUID

from catalog.domain.errors import NotEnoughStock
from catalog.domain.sourcing import Hold, Rules, Shelf, Wanted, plan_holds
from contracts.values import LocationId, Sku
from hypothesis import given
from hypothesis import strategies as st

SKUS = [Sku(name) for name in "ABC"]
PLACES = [LocationId(UUID(int=n)) for n in range(4)]
Made = tuple[list[Wanted], list[Shelf], Rules]

wanted_ = st.lists(
    st.builds(
        Wanted, st.sampled_from(SKUS), st.integers(1, 8), st.none() | st.sampled_from(PLACES)
    ),
    max_size=6,
)
rules_ = st.builds(Rules, st.booleans(), st.frozensets(st.sampled_from(SKUS)))


@st.composite
def shelves_(draw: st.DrawFn) -> list[Shelf]:
    """Draw the shelves of a site: a location ships and has a priority, whatever lies there."""
    ships = [draw(st.booleans()) for _ in PLACES]
    priorities = [draw(st.integers(0, 1)) for _ in PLACES]
    units = st.integers(0, 9)
    return [
        Shelf(sku, place, f"p{n}", ships[n], priorities[n], draw(units), draw(units))
        for n, place in enumerate(PLACES)
        for sku in SKUS
        if draw(st.integers(0, 3))
    ]


def planned(wanted: list[Wanted], shelves: list[Shelf], rules: Rules) -> tuple[Hold, ...] | None:
    try:
        return plan_holds(wanted, shelves, rules)
    except NotEnoughStock as refused:
        short = refused.shortages
    assert short
    assert all(0 <= one.available < one.wanted for one in short)
    return None


@given(wanted_, shelves_(), rules_)
def test_a_plan_gives_all_that_is_wanted_and_no_shelf_more_than_it_has(
    wanted: list[Wanted], shelves: list[Shelf], rules: Rules
) -> None:
    """IN-4, IN-9, IN-12: sum as wanted; never more than available, but by permission."""
    holds = planned(wanted, shelves, rules)
    if holds is None:
        return
    on = {(shelf.sku, shelf.location_id): shelf for shelf in shelves}
    assert sum((Counter({h.sku: h.units}) for h in holds), Counter[Sku]()) == sum(
        (Counter({w.sku: w.units}) for w in wanted), Counter[Sku]()
    )
    for hold in holds:
        shelf = on[hold.sku, hold.location_id]
        assert 0 <= hold.covered <= shelf.available
        assert 0 <= hold.pending <= shelf.future
        assert hold.backordered >= 0
        assert hold.units > 0
        assert hold.backordered == 0 or hold.sku in rules.backorder


@given(wanted_, shelves_(), rules_)
def test_bound_lines_never_move_and_the_others_come_from_places_that_ship(
    wanted: list[Wanted], shelves: list[Shelf], rules: Rules
) -> None:
    """IN-10: pickup may not split."""
    holds = planned(wanted, shelves, rules)
    if holds is None:
        return
    ships = {shelf.location_id for shelf in shelves if shelf.ships}
    bound = Counter[tuple[Sku, LocationId]]()
    for line in wanted:
        if line.location_id is not None:
            bound[line.sku, line.location_id] += line.units
    held = Counter({(hold.sku, hold.location_id): hold.units for hold in holds})
    assert all(held[key] >= units for key, units in bound.items())
    rest = {place for _, place in (held - bound)}
    assert rest <= ships
    assert rules.split or len(rest) <= 1


@given(wanted_, shelves_())
def test_it_is_refused_only_when_the_stock_does_not_suffice(
    wanted: list[Wanted], shelves: list[Shelf]
) -> None:
    """IN-4, IN-10: where splitting is permitted, what can be met is met."""
    left = {(s.sku, s.location_id): s.available + s.future for s in shelves}
    ships = {s.location_id for s in shelves if s.ships}
    enough = True
    for line in sorted(wanted, key=lambda line: line.location_id is None):
        places = sorted(ships) if line.location_id is None else [line.location_id]
        rest = line.units
        for place in places:
            part = min(rest, left.get((line.sku, place), 0))
            if part:
                left[line.sku, place] -= part
                rest -= part
        enough = enough and rest == 0

    assert (planned(wanted, shelves, Rules()) is not None) == enough


@given(wanted_, shelves_(), rules_, st.randoms())
def test_the_order_of_lines_and_shelves_does_not_matter(
    wanted: list[Wanted], shelves: list[Shelf], rules: Rules, chance: random.Random
) -> None:
    holds = planned(wanted, shelves, rules)
    chance.shuffle(wanted)
    chance.shuffle(shelves)

    assert planned(wanted, shelves, rules) == holds


@given(wanted_, shelves_(), st.frozensets(st.sampled_from(SKUS)))
def test_current_stock_is_used_up_before_future_stock_and_that_before_a_backorder(
    wanted: list[Wanted], shelves: list[Shelf], backorder: frozenset[Sku]
) -> None:
    """IN-4: nothing that ships is pending while goods lie where they could be shipped from."""
    free = [line for line in wanted if line.location_id is None]
    holds = planned(free, shelves, Rules(backorder=backorder))
    for sku in SKUS:
        mine = [hold for hold in holds or () if hold.sku == sku]
        lying = sum(s.available for s in shelves if s.sku == sku and s.ships)
        coming = sum(s.future for s in shelves if s.sku == sku and s.ships)
        if any(hold.pending or hold.backordered for hold in mine):
            assert sum(hold.covered for hold in mine) == lying
        if any(hold.backordered for hold in mine):
            assert sum(hold.pending for hold in mine) == coming


@given(wanted_, shelves_())
def test_one_parcel_is_sent_where_one_location_of_the_best_priority_has_everything(
    wanted: list[Wanted], shelves: list[Shelf]
) -> None:
    """IN-10: among equal priorities the fewest parcels."""
    free = [line for line in wanted if line.location_id is None]
    need = sum((Counter({line.sku: line.units}) for line in free), Counter[Sku]())
    ships = [shelf for shelf in shelves if shelf.ships]
    best = min((shelf.priority for shelf in ships), default=0)
    for place in {shelf.location_id for shelf in ships if shelf.priority == best}:
        there = {s.sku: s.available for s in ships if s.location_id == place}
        if all(there.get(sku, 0) >= units for sku, units in need.items()):
            holds = planned(free, shelves, Rules())
            assert holds is not None
            assert len({hold.location_id for hold in holds}) <= 1
