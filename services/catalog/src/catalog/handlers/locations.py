from collections.abc import Collection
from dataclasses import dataclass

from contracts.values import LocationId, new_id

from catalog.domain.errors import Fault, Shared, StaleVersion, Unfit, UnknownLocation
from catalog.domain.locations import Location, Terms
from catalog.handlers.scoped import Within, beyond, named_sites
from catalog.handlers.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class PutLocation:
    """Make or change a location.

    Attributes:
        sites: Codes; of the sites ``within``, exactly these are served.
        expected_version: Refuse if it is another; none accepts any.
    """

    code: str
    terms: Terms
    sites: Collection[str]
    within: Within
    expected_version: int | None = None


@dataclass(frozen=True, slots=True)
class KeptLocation:
    """A location as it now is; ``sites`` are codes of the caller's sites, in ascending order."""

    location: Location
    sites: tuple[str, ...]
    created: bool = False


async def put_location(command: PutLocation, uow: UnitOfWork) -> KeptLocation:
    """Make or change a location; the same again changes nothing.

    Raises:
        UnknownSites: A site is not known, or not one of the caller's.
        UnknownLocation: It serves only sites that the caller does not see.
        Shared: It serves sites that the caller does not see, and its terms would change there.
        Unfit: SITES_MISSING, when it is new and serves no site, and the caller would not see it.
        StaleVersion: Its ``current`` is a ``KeptLocation``.
    """
    sites = await named_sites(command.sites, command.within, uow)
    location = await uow.locations.locked(command.code, new_id=LocationId(new_id()))
    created = location.version == 0
    if not created and not seen_by(location, command.within):
        raise UnknownLocation(command.code)
    if command.expected_version not in {None, location.version}:
        raise StaleVersion(None if created else await _seen(location, command.within, uow))
    if not created and command.terms != location.terms and beyond(location.sites, command.within):
        raise Shared("location", command.code)
    if created and command.within is not None and not sites:
        detail = "name at least one of your sites: else you would not see it"
        raise Unfit([Fault("/sites", "SITES_MISSING", detail)])
    linked = {site.site_id for site in sites.values()}
    if location.change(command.terms, linked, within=command.within):
        await uow.locations.keep(location)
    return KeptLocation(location, tuple(sorted(sites)), created)


def seen_by(location: Location, within: Within) -> bool:
    """Tell whether a location serves one of these sites; who sees all sites sees all locations."""
    return within is None or not within.isdisjoint(location.sites)


async def _seen(location: Location, within: Within, uow: UnitOfWork) -> KeptLocation:
    seen = {site for site in location.sites if within is None or site in within}
    codes = await uow.sites.codes(seen)
    return KeptLocation(location, tuple(sorted(codes.values())))
