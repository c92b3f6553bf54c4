"""A site as this service needs it: a copy of what the customers service tells."""

from dataclasses import dataclass

from contracts.values import CustomerSetId, SiteId


@dataclass(frozen=True, slots=True)
class Site:
    """A site's whole state at one version; the highest version stands."""

    site_id: SiteId
    version: int
    code: str
    name: str
    customer_set_id: CustomerSetId
    country: str
    currency: str
    time_zone: str
    active: bool
