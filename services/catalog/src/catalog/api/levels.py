"""The levels that a request names, looked up before anything is locked (CU-14)."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from chassis.problems import Problem
from chassis.requests import Asking
from chassis.scope import Scope
from fastapi import Depends, Request
from messaging.transport import Asker, Unanswered
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from catalog.api.dependencies import VoucherMaker, Writer, at_fault
from catalog.api.product_bodies import ProductBody
from catalog.handlers.levels import unknown_levels
from catalog.queries.scoped import seen_sites

UNKNOWN_LEVEL = "UNKNOWN_LEVEL"
OfSite = tuple[str, str]
"""Code of a site, and of a level."""


@dataclass(frozen=True, slots=True)
class LevelBook:
    """Tells a caller which levels there are, in the customer sets of sites."""

    scope: Scope
    reading: async_sessionmaker[AsyncSession]
    asker: Asker

    async def unknown(self, named: Collection[OfSite]) -> frozenset[OfSite]:
        """Give those that there are not; sites that the caller does not see are left out.

        Raises:
            Unanswered: The customers service gave no answer in time.
        """
        if not named:
            return frozenset()
        async with self.reading() as session:
            sites = await seen_sites(self.scope, session, {site for site, _ in named})
        asked = {(sites[site], level): (site, level) for site, level in named if site in sites}
        unknown = await unknown_levels(asked.keys(), self.asker)
        return frozenset(asked[one] for one in unknown)

    async def wrong(self, named: Mapping[str, OfSite]) -> Problem | Unanswered | None:
        """Give why a request cannot stand that names levels; by pointer to each."""
        try:
            unknown = await self.unknown(frozenset(named.values()))
        except Unanswered as away:
            return away
        faults = {at: no_level(*one) for at, one in named.items() if one in unknown}
        if not faults:
            return None
        return at_fault(UNKNOWN_LEVEL, "; ".join(dict.fromkeys(faults.values())), faults)

    async def check(self, named: Mapping[str, OfSite]) -> None:
        """See that there are the levels that a request names, by pointer to each.

        Raises:
            Problem: 422 ``UNKNOWN_LEVEL``, naming every field.
            Unanswered: The customers service gave no answer in time.
        """
        if wrong := await self.wrong(named):
            raise wrong


async def _for_writer(scope: Writer, request: Request, asker: Asking) -> LevelBook:
    return LevelBook(scope, request.app.state.runtime.databases.reading, asker)


async def _for_maker(scope: VoucherMaker, request: Request, asker: Asking) -> LevelBook:
    return LevelBook(scope, request.app.state.runtime.databases.reading, asker)


Levels = Annotated[LevelBook, Depends(_for_writer)]
"""For who may write the catalog."""
VoucherLevels = Annotated[LevelBook, Depends(_for_maker)]
"""For who may make vouchers."""


def no_level(site: str, level: str) -> str:
    """Say that a site's customer set has no such level."""
    return f"the customer set of {site} has no level {level}"


def levels_of(body: ProductBody) -> Iterator[tuple[str, OfSite]]:
    """Give the levels that see a product, each with where the body names it."""
    for site, seen in body.visibility.items():
        for place, level in enumerate(seen.levels or ()):
            yield f"/visibility/{site}/levels/{place}", (site, level)
