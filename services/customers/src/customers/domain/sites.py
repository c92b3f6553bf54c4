"""Customer sets and the sites that share their customers (CS-4)."""

from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import urlsplit
from uuid import UUID

from contracts.values import CustomerSetId, SiteId, derived_id

from customers.domain.errors import CurrencyFixed
from customers.domain.findings import Findings
from customers.domain.formats import Formats

_CODES = UUID("3f0c1e1e-6a53-5a0b-9d0b-0d5b7a5a6f3c")

TOLD_AS = 2
"""Of what form events about sites are: grows by one with each field that they gain. Sites that were
told as less are told once more."""
Within = frozenset[SiteId] | None
"""The sites somebody may see; none is all of them."""


def sees(site: SiteId, within: Within) -> bool:
    """Tell whether a site is one of these (SC-1)."""
    return within is None or site in within


def customer_set_id(code: str) -> CustomerSetId:
    """Give the id of the set with a code; codes never change."""
    return CustomerSetId(derived_id(_CODES, "customer-set", code))


def site_id(code: str) -> SiteId:
    """Give the id of the site with a code; codes never change.

    Derived, so that a token can name a site before it is made.
    """
    return SiteId(derived_id(_CODES, "site", code))


@dataclass(frozen=True, slots=True)
class CustomerSet:
    """Customers that some sites share; ``version`` grows by one with every change."""

    customer_set_id: CustomerSetId
    code: str
    name: str
    version: int = 1

    def renamed(self, name: str) -> Self:
        """Give the set under another name; the same name gives the same set."""
        return self if name == self.name else replace(self, name=name, version=self.version + 1)


@dataclass(frozen=True, slots=True)
class SiteTerms:
    """What can be said about a site.

    Attributes:
        country: ISO 3166-1 alpha-2 code; phone numbers typed on the site are read in it.
        currency: ISO 4217 code.
        time_zone: IANA name.
        active: Whether orders are taken on it.
        storefront_url: Where its shop is, without a slash at the end; customers who are invited to
            sign in are led there (CU-9).
    """

    name: str
    customer_set_id: CustomerSetId
    country: str
    currency: str
    time_zone: str
    active: bool
    storefront_url: str | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """A shop, brand or country's shop; ``version`` grows by one with every change."""

    site_id: SiteId
    code: str
    terms: SiteTerms
    version: int = 1

    def on(self, terms: SiteTerms) -> Self:
        """Give the site on other terms; the same terms give the same site.

        Raises:
            CurrencyFixed: The currency is another.
        """
        if terms == self.terms:
            return self
        if terms.currency != self.terms.currency:
            raise CurrencyFixed(self.terms.currency)
        return replace(self, terms=terms, version=self.version + 1)

    def told_again(self) -> Self:
        """Give the site as it is told once more: copies take only what is newer than they are."""
        return replace(self, version=self.version + 1)


def check_site(terms: SiteTerms, formats: Formats, findings: Findings) -> SiteTerms:
    """Give the terms in normal form; notes every violation at its field."""
    if formats.address(terms.country, None) is None:
        findings.add("/country", "UNKNOWN_COUNTRY", "this is no ISO 3166-1 country code")
    if not formats.is_currency(terms.currency):
        findings.add("/currency", "UNKNOWN_CURRENCY", "this is no ISO 4217 currency code")
    if not formats.is_time_zone(terms.time_zone):
        findings.add("/time_zone", "UNKNOWN_TIME_ZONE", "this is no IANA time zone")
    name = findings.text("/name", terms.name, limit=200, required=True)
    url = findings.text("/storefront_url", terms.storefront_url, limit=500).rstrip("/")
    if url and not _is_web_address(url):
        detail = "this is no address of a site: https://shop.example/welcome"
        findings.add("/storefront_url", "URL_FORMAT", detail)
    return replace(terms, name=name, storefront_url=url or None)


def _is_web_address(url: str) -> bool:
    """Tell whether a path can be put behind it: http(s), a host, nothing behind the path."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    behind = parts.query or parts.fragment or parts.username or " " in url
    return parts.scheme in {"http", "https"} and bool(host) and port != 0 and not behind


@dataclass(frozen=True, slots=True)
class Level:
    """A level of a customer set: it decides prices and visible products (CU-14)."""

    level_id: UUID
    customer_set_id: CustomerSetId
    code: str
    name: str
    version: int = 1

    def renamed(self, name: str) -> Self:
        """Give the level under another name; the same name gives the same level."""
        return self if name == self.name else replace(self, name=name, version=self.version + 1)


def level_id(set_id: CustomerSetId, code: str) -> UUID:
    """Give the id of the level of a set with a code; codes never change."""
    return derived_id(set_id, "level", code)
