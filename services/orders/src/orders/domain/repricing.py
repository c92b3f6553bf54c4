"""A draft as the catalog prices it: every line anew, for discounts depend on the whole."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from contracts.card_numbers import holds_card_number

from orders.domain.content import Content
from orders.domain.errors import Fault, NotAcceptable
from orders.domain.lines import Fulfilment, LineTerms, Place
from orders.domain.pricing import Coupon, LineQuote, LocationOffer, Quote, Unavailable


@dataclass(frozen=True, slots=True)
class Fresh:
    """What staff have just put on the draft: it is refused where it does not fit.

    What stood there before is kept and marked instead, so that nothing typed is lost.

    Attributes:
        lines: JSON Pointers to lines, by line id.
        coupons: JSON Pointers to coupons, by code as it stands on the draft.
    """

    lines: Mapping[int, str] = field(default_factory=dict[int, str])
    coupons: Mapping[str, str] = field(default_factory=dict[str, str])


def priced(content: Content, quote: Quote, fresh: Fresh) -> Content:
    """Give the content with what the catalog told of it.

    Raises:
        NotAcceptable: Something fresh cannot be had, or nothing is quoted at all.
    """
    if quote.refusal is not None:
        at = "/site" if quote.refusal.code == "UNKNOWN_SITE" else "/price_list"
        raise NotAcceptable.at(at, quote.refusal.code, quote.refusal.detail)
    wrong: list[Fault] = []
    lines = list(content.lines)
    for place, line in enumerate(lines):
        at = fresh.lines.get(line.line_id)
        terms, fault = _told(line.terms, quote, line.line_id, at or "")
        if at is not None:
            wrong += [fault] if fault else content.line_faults(at, terms)
        elif fault is not None:
            terms = replace(terms, unavailable=Unavailable(fault.code, fault.detail))
        lines[place] = replace(line, terms=terms)
    coupons = tuple(_verdict(coupon, quote) for coupon in content.coupons)
    wrong += _coupon_faults(coupons, content.coupons, fresh)
    if wrong:
        raise NotAcceptable(wrong)
    return replace(content, lines=tuple(lines), coupons=coupons, free_shipping=quote.free_shipping)


def _told(terms: LineTerms, quote: Quote, line_id: int, at: str) -> tuple[LineTerms, Fault | None]:
    """Give a line as it was quoted, or why it cannot be had; ``at`` points to it."""
    found = quote.lines.get(line_id)
    if found is None:
        return terms, _not_sold(terms, quote.refused.get(line_id), at)
    place = _placed(terms, found, at)
    fault = place if isinstance(place, Fault) else _text_fault(terms, found, at)
    told = replace(
        terms,
        place=terms.place if isinstance(place, Fault) else place,
        name=found.name,
        list_price=found.list_price,
        price=None if terms.manual or found.unit_price == found.list_price else found.unit_price,
        trace=() if _is_plain(found) else found.trace,
        product=found.product if found.product != terms.sku else None,
        options=found.options,
        discountable=found.discountable,
        tax_category=found.tax_category,
        weight_grams=found.weight_grams,
        customisation=found.customisation,
        unavailable=None,
    )
    return told, fault


def _is_plain(found: LineQuote) -> bool:
    """Tell whether the site's list price is all there is to say."""
    return all(step.source == "list" for step in found.trace)


def _not_sold(terms: LineTerms, refused: Unavailable | None, at: str) -> Fault:
    """Say that a product is not sold; what may be a card number is not repeated (PA-2)."""
    if holds_card_number(terms.sku):
        return Fault(f"{at}/sku", "CARD_NUMBER_REFUSED", "the SKU looks like a card number")
    if refused is None:
        return Fault(f"{at}/sku", "UNKNOWN_PRODUCT", f"this site does not sell {terms.sku}")
    return Fault(f"{at}/sku", refused.code, refused.detail)


def _placed(terms: LineTerms, found: LineQuote, at: str) -> Place | Fault | None:
    """Check that the location offers what is asked of it (FU-1)."""
    pointer, place = f"{at}/location", terms.place
    if terms.fulfilment is Fulfilment.SHIP:
        detail = "a shipped line takes no location; the catalog chooses where it comes from"
        return Fault(pointer, "LOCATION_NOT_WANTED", detail) if place else None
    if place is None:
        return Fault(pointer, "LOCATION_MISSING", f"{terms.fulfilment} needs a location")
    if found.locations is None:
        return place
    return _at_location(place.code, terms.fulfilment, found.locations, pointer)


def _at_location(
    code: str, fulfilment: Fulfilment, locations: tuple[LocationOffer, ...], pointer: str
) -> Place | Fault:
    location = next((one for one in locations if one.code == code), None)
    if location is None:
        return Fault(pointer, "UNKNOWN_LOCATION", f"no location {code} serves this site")
    if not _offers(location, fulfilment):
        detail = f"location {code} does not offer {fulfilment}"
        return Fault(pointer, "FULFILMENT_NOT_OFFERED", detail)
    return Place(location.location_id, location.code)


def _offers(location: LocationOffer, fulfilment: Fulfilment) -> bool:
    match fulfilment:
        case Fulfilment.SHIP:
            return location.ships
        case Fulfilment.PICKUP:
            return location.pickup
        case Fulfilment.DELIVERY:
            return location.delivery


def _text_fault(terms: LineTerms, found: LineQuote, at: str) -> Fault | None:
    """Check the customer's own text against what the product takes (CP-3)."""
    wanted, pointer = found.customisation, f"{at}/text"
    if wanted is None:
        if terms.text is None:
            return None
        return Fault(pointer, "TEXT_NOT_WANTED", f"{terms.sku} takes no text")
    if terms.text is None:
        if not wanted.required:
            return None
        return Fault(pointer, "TEXT_MISSING", f"{terms.sku} needs a text: {wanted.label}")
    if len(terms.text) > wanted.max_length:
        detail = f"{wanted.label} has at most {wanted.max_length} characters"
        return Fault(pointer, "TEXT_TOO_LONG", detail)
    return None


def _verdict(coupon: Coupon, quote: Quote) -> Coupon:
    found = quote.coupons.get(coupon.code.casefold())
    if found is not None:
        return found
    return Coupon(coupon.code, refusal="UNKNOWN_COUPON", detail="there is no such coupon")


def _coupon_faults(
    told: tuple[Coupon, ...], typed: tuple[Coupon, ...], fresh: Fresh
) -> list[Fault]:
    """Say which coupons that were just added do nothing, and why (CP-7)."""
    return [
        Fault(fresh.coupons[before.code], now.refusal, now.detail or "it does nothing here")
        for before, now in zip(typed, told, strict=True)
        if now.refusal is not None and before.code in fresh.coupons
    ]
