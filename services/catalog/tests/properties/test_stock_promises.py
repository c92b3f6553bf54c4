"""I3: whatever comes, how often and in which order, stock is promised once and never oversold."""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

import pytest
from catalog.domain.errors import BelowCommitted, WrongState
from contracts.values import LocationId, SiteId, Sku, SubmissionId
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.catalog.tests.driving import Catalog, a_submission
from services.catalog.tests.properties.model import Line, Model

PRODUCTS, PLACES, SUBMISSIONS = 2, 3, 4
Step = tuple[str, int, dict[int, int]]
"""``adjust`` with a place and its changes; else what to do with which submission."""

lines = st.lists(
    st.tuples(
        st.integers(0, PRODUCTS - 1),
        st.integers(1, 4),
        st.none() | st.integers(0, PLACES - 1),
    ),
    min_size=1,
    max_size=4,
)
changes = st.dictionaries(st.integers(0, PRODUCTS - 1), st.integers(-4, 8).filter(bool), min_size=1)
steps = st.lists(
    st.tuples(
        st.sampled_from(["reserve", "reserve", "release", "allocate"]),
        st.integers(0, SUBMISSIONS - 1),
        st.just(dict[int, int]()),
    )
    | st.tuples(st.just("adjust"), st.integers(0, PLACES - 1), changes),
    max_size=30,
)


@dataclass
class World:
    """One site, its places (the last does not ship) and products, with four submissions."""

    catalog: Catalog
    site: SiteId
    places: list[LocationId]
    skus: list[Sku]
    submissions: list[SubmissionId]

    async def take(self, step: Step, orders: Mapping[int, list[Line]]) -> object:
        """Take a step; gives the answer of a reservation, else whether it was permitted."""
        what, number, changed = step
        try:
            match what:
                case "reserve":
                    asked = [
                        (self.skus[sku], units, None if place is None else self.places[place])
                        for sku, units, place in orders[number]
                    ]
                    return await self.catalog.reserve(
                        self.site, *asked, by=self.submissions[number]
                    )
                case "release":
                    await self.catalog.release(self.submissions[number])
                case "allocate":
                    await self.catalog.allocate(self.submissions[number])
                case _:
                    by_sku = {self.skus[sku]: change for sku, change in changed.items()}
                    await self.catalog.adjust(self.places[number], by_sku)
        except (WrongState, BelowCommitted):
            return False
        return True


async def a_world(catalog: Catalog, submissions: int = SUBMISSIONS) -> World:
    site = await catalog.site()
    places = [
        await catalog.location(site, priority=place, ships=place < PLACES - 1)
        for place in range(PLACES)
    ]
    skus = [await catalog.product(site, sku=f"{n}-{uuid4().hex}") for n in range(PRODUCTS)]
    return World(catalog, site, places, skus, [a_submission() for _ in range(submissions)])


def told(model: Model, step: Step, orders: Mapping[int, list[Line]]) -> object:
    what, number, changed = step
    match what:
        case "reserve":
            return model.reserve(number, orders[number])
        case "release":
            return model.release(number)
        case "allocate":
            return model.allocate(number)
        case _:
            return model.adjust(number, changed)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(taken=steps, orders=st.fixed_dictionaries(dict.fromkeys(range(SUBMISSIONS), lines)))
async def test_the_ledger_is_what_the_model_says_after_every_step(
    catalog: Catalog, taken: list[Step], orders: dict[int, list[Line]]
) -> None:
    """IN-4, IN-8, IN-10, SU-3, SU-8, I3: duplicates, early releases, late reservations."""
    world, model = await a_world(catalog), Model(PRODUCTS, PLACES)
    for place in range(PLACES):
        step = ("adjust", place, dict.fromkeys(range(PRODUCTS), 4))
        await world.take(step, orders)
        told(model, step, orders)

    for step in taken:
        assert await world.take(step, orders) == told(model, step, orders), step
        levels = await catalog.levels()
        for (product, place), level in model.levels.items():
            kept = levels[world.skus[product], world.places[place]]
            assert kept == (level.on_hand, level.reserved, level.allocated)

    assert await catalog.miscounted() == []


@pytest.mark.parametrize("seed", range(3))
async def test_everything_at_once_leaves_the_books_right(catalog: Catalog, seed: int) -> None:
    """I3, 4.19: a storm on few shelves, with duplicates; no deadlock, nothing miscounted."""
    chance = random.Random(seed)
    world = await a_world(catalog, submissions=60)
    orders: dict[int, list[Line]] = {
        n: [
            (chance.randrange(PRODUCTS), chance.randint(1, 3), chance.choice([None, 0, 1, 2]))
            for _ in range(chance.randint(1, 4))
        ]
        for n in range(60)
    }
    for place in range(PLACES):
        await world.take(("adjust", place, dict.fromkeys(range(PRODUCTS), 25)), orders)
    storm: list[Step] = [
        (what, n, {}) for n in orders for what in ("reserve", "reserve", "release", "allocate")
    ]
    storm += [("adjust", n % PLACES, {n % PRODUCTS: chance.choice([-3, 2])}) for n in range(30)]
    chance.shuffle(storm)

    async with asyncio.TaskGroup() as tasks:
        for step in storm:
            tasks.create_task(world.take(step, orders))

    assert await catalog.miscounted() == []
    levels = await catalog.levels()
    assert any(levels[sku, place][2] for sku in world.skus for place in world.places)
