from dataclasses import dataclass

from contracts.values import CustomerSetId, SiteId


@dataclass(frozen=True, slots=True)
class Site:
    """This service's copy of a site; the highest version is kept.

    Attributes:
        country: ISO 3166-1 alpha-2 code.
        currency: ISO 4217 code; every amount of the site's orders is in it.
        time_zone: IANA name.
        storefront_url: Where the site's shop is, without a slash at the end.
    """

    site_id: SiteId
    version: int
    code: str
    name: str
    customer_set_id: CustomerSetId
    country: str
    currency: str
    time_zone: str
    active: bool
    storefront_url: str | None = None
