"""Where a reservation or hold would take its units from, with all that the site promises."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from contracts.catalog.commands import ReservationLine
from contracts.catalog.replies import HeldLine, Shortage, StockRefused
from contracts.values import SiteId, Sku, SubmissionId

from catalog.domain.availability import Availability
from catalog.domain.errors import NotEnoughStock, Short
from catalog.domain.sourcing import Hold, Rules, Shelf, Wanted, plan_holds
from catalog.domain.stock import Refusal
from catalog.domain.stock_policy import Backorder
from catalog.handlers.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Ahead:
    """Units wanted of a site, and how far beyond its stock.

    Attributes:
        permitted: The asker may order beyond the stock where the policy asks for permission.
        anyhow: What is short is owed whatever the policy.
        beside: The asker's own hold, whose units count as free.
    """

    site_id: SiteId
    wanted: Collection[Wanted]
    permitted: bool = False
    anyhow: bool = False
    beside: SubmissionId | None = None


def wanted_of(lines: Collection[ReservationLine]) -> list[Wanted]:
    """Give what these lines ask for."""
    return [Wanted(line.sku, line.units, line.location_id) for line in lines]


async def plan_ahead(ahead: Ahead, uow: UnitOfWork) -> tuple[Hold, ...] | Refusal:
    """Plan over goods on hand, goods on their way, and what may be owed; or say why not.

    Shelves must be locked. Products that are not tracked need none, and are not in the plan (IN-7).
    """
    skus = {line.sku for line in ahead.wanted}
    found = await uow.stock.availability(ahead.site_id, skus, beside=ahead.beside)
    if not found and not await uow.sites.known(ahead.site_id):
        return Refusal("UNKNOWN_SITE", f"site {ahead.site_id} is not known")
    named = {line.location_id for line in ahead.wanted if line.location_id is not None}
    if named and (foreign := named - await uow.locations.serving(ahead.site_id)):
        names = ", ".join(sorted(map(str, foreign)))
        return Refusal("UNKNOWN_LOCATION", f"the site has no location {names}")
    counted = [line for line in ahead.wanted if line.sku not in found or found[line.sku].tracked]
    try:
        return plan_holds(counted, _shelves(found), _rules(found, ahead))
    except NotEnoughStock as short:
        return Refusal("OUT_OF_STOCK", str(short), short.shortages)


def _shelves(found: Mapping[Sku, Availability]) -> list[Shelf]:
    return [
        Shelf(
            sku=sku,
            location_id=one.place.location_id,
            code=one.place.code,
            ships=one.place.ships,
            priority=one.place.priority,
            available=one.current,
            future=one.total - one.current,
        )
        for sku, availability in found.items()
        for one in availability.places
    ]


def _rules(found: Mapping[Sku, Availability], ahead: Ahead) -> Rules:
    permitting = {Backorder.ALLOW}
    if ahead.permitted:
        permitting.add(Backorder.PERMISSION)
    return Rules(
        split=all(one.split_shipping for one in found.values()),
        backorder={
            sku for sku, one in found.items() if ahead.anyhow or one.backorder in permitting
        },
    )


def told_lines(holds: Collection[Hold]) -> tuple[HeldLine, ...]:
    """Give holds as messages tell them."""
    return tuple(
        HeldLine(
            sku=hold.sku,
            location_id=hold.location_id,
            units=hold.units,
            pending=hold.pending,
            backordered=hold.backordered,
        )
        for hold in holds
    )


def told_refusal(submission_id: SubmissionId, refusal: Refusal) -> StockRefused:
    """Give a refusal as messages tell it."""
    return StockRefused(
        submission_id=submission_id,
        code=refusal.code,
        detail=refusal.detail,
        shortages=told_shortages(refusal.shortages),
    )


def told_shortages(shortages: Collection[Short]) -> tuple[Shortage, ...]:
    """Give what was lacking as messages tell it."""
    return tuple(
        Shortage(
            sku=short.sku,
            location_id=short.location_id,
            wanted=short.wanted,
            available=short.available,
        )
        for short in shortages
    )
