"""What shipping costs an order, and what tax applies to it, by what its site has decided."""

from dataclasses import dataclass, replace

from contracts.values import Money

from orders.domain.content import Content
from orders.domain.lines import Fulfilment
from orders.domain.parts import Shipping
from orders.domain.site import Site
from orders.domain.site_terms import ShippingMethod, SiteTerms, TaxSource
from orders.domain.taxes import TaxPlace, TaxTerms, levied_from, rates_for


@dataclass(frozen=True, slots=True)
class Offer:
    """A shipping method as this order can have it (FU-3)."""

    code: str
    name: str
    cost: Money
    handling: Money


def offers(content: Content, site: Site, terms: SiteTerms) -> list[Offer]:
    """List the methods that go to this address, with these goods, from this site.

    None while no line ships. The weight is that of the shipped lines, as far as it is known.
    """
    if not content.ships:
        return []
    found = ((method, _price(method, content, site, terms)) for method in terms.methods)
    return [_offer(method, cost, content.currency) for method, cost in found if cost is not None]


def settled(content: Content, site: Site, terms: SiteTerms) -> Content:
    """Give the content with the price of its shipping method and the tax of where it goes.

    A method that is no longer offered keeps its last price; submission refuses it.
    """
    if terms.methods and content.shipping and content.shipping.code:
        content = replace(content, shipping=_priced(content.shipping, content, site, terms))
    tax = _tax(content, site, terms)
    return content if tax == content.tax else replace(content, tax=tax)


def chosen(code: str, content: Content, site: Site, terms: SiteTerms) -> Shipping | None:
    """Give the shipping by a method; none when it is not offered for this order."""
    method = terms.method(code)
    cost = _price(method, content, site, terms) if method else None
    if method is None or cost is None:
        return None
    offer = _offer(method, cost, content.currency)
    return Shipping(offer.cost, offer.name, offer.code, offer.handling)


def country_of(content: Content, site: Site) -> tuple[str, str | None]:
    """Give country and region where the order is taxed.

    That is where it is sent; what is only picked up, or has no address yet, is taxed at home.
    """
    address = content.shipping_address if content.is_sent or not content.lines else None
    return (address.country, address.region) if address else (site.country, None)


def place_of(content: Content, site: Site) -> TaxPlace:
    """Give the same, as exactly as it is known."""
    address = content.shipping_address if content.is_sent or not content.lines else None
    if address is None:
        return TaxPlace(site.country)
    return TaxPlace(address.country, address.region, address.city, address.postal_code)


def _priced(shipping: Shipping, content: Content, site: Site, terms: SiteTerms) -> Shipping:
    now = chosen(shipping.code or "", content, site, terms)
    return shipping if now is None else now


def _price(method: ShippingMethod, content: Content, site: Site, terms: SiteTerms) -> int | None:
    country, _ = country_of(content, site)
    if not terms.policy.ships_to(country):
        return None
    shipped = [one for one in content.lines if one.terms.fulfilment is Fulfilment.SHIP]
    grams = sum((line.terms.weight_grams or 0) * line.terms.units for line in shipped)
    subtotal = sum(line.net for line in content.sums().lines)
    return method.price(country, subtotal, grams)


def _offer(method: ShippingMethod, cost: int, currency: str) -> Offer:
    return Offer(method.code, method.name, Money(cost, currency), Money(method.handling, currency))


def _tax(content: Content, site: Site, terms: SiteTerms) -> TaxTerms:
    inclusive, wants_provider = terms.policy.tax_inclusive, _wants_provider(content, terms)
    exempt = content.buyer is not None and content.buyer.tax_exempt
    told = content.told_rates
    if wants_provider and told and told.rates is not None and told.place == place_of(content, site):
        return TaxTerms(levied_from(told.rates, exempt=exempt), inclusive=inclusive)
    if not terms.rates:
        return TaxTerms(inclusive=inclusive, degraded=wants_provider)
    rates = rates_for(terms.rates, *country_of(content, site), exempt=exempt)
    return TaxTerms(rates, inclusive=inclusive, degraded=wants_provider)


def _wants_provider(content: Content, terms: SiteTerms) -> bool:
    """Tell whether an outside provider's rates are wanted; without a line nothing is taxed."""
    return bool(content.lines) and terms.policy.tax_source is TaxSource.PROVIDER
