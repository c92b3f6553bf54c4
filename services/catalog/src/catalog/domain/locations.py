"""Locations: where stock lies, and which sites it serves."""

from collections.abc import Collection
from dataclasses import dataclass

from contracts.values import LocationId, SiteId


@dataclass(frozen=True, slots=True)
class Terms:
    """What a location does.

    Attributes:
        ships: It sends goods home (Direct Ship).
        pickup: Customers collect there.
        delivery: It delivers from there.
        priority: The lowest ships first.
    """

    name: str
    ships: bool = True
    pickup: bool = False
    delivery: bool = False
    priority: int = 100


@dataclass
class Location:
    """A place with stock. All its sites share its stock: one ledger (IN-8).

    Attributes:
        version: 0 before it is first kept; grows by one with every change.
    """

    location_id: LocationId
    code: str
    terms: Terms
    sites: set[SiteId]
    version: int

    def change(
        self, terms: Terms, sites: set[SiteId], *, within: Collection[SiteId] | None
    ) -> bool:
        """Give it these terms, and link of the sites ``within`` (none: of all) exactly these.

        Returns:
            Whether anything changed.
        """
        kept = {site for site in self.sites if within is not None and site not in within}
        wanted = kept | sites
        if self.version and (self.terms, self.sites) == (terms, wanted):
            return False
        self.terms, self.sites, self.version = terms, wanted, self.version + 1
        return True
