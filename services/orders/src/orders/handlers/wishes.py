"""From what staff ask for, and what the catalog tells, to the terms of a line."""

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.card_numbers import holds_card_number
from contracts.catalog.replies import LocationStock, ProductQuote
from contracts.values import Money, Sku, StaffId

from orders.domain.errors import Fault, NotAcceptable
from orders.domain.lines import Fulfilment, LineTerms, ManualPrice, Place
from orders.handlers.facts import Facts

Pointed = Sequence[tuple[str, LineTerms]]
"""Terms of lines, each with the JSON Pointer to the line that asked for them."""


@dataclass(frozen=True, slots=True)
class PriceWish:
    """A unit price of staff's own, and why."""

    unit: Money
    reason: str


@dataclass(frozen=True, slots=True)
class LineWish:
    """A line as staff ask for it.

    Attributes:
        location: Code of the location to pick up at or deliver from; none for shipping.
        price: Instead of the catalog's.
    """

    sku: Sku
    units: int
    fulfilment: Fulfilment = Fulfilment.SHIP
    location: str | None = None
    price: PriceWish | None = None


def line_terms(
    wishes: Sequence[tuple[str, LineWish]], facts: Facts, staff_id: StaffId
) -> tuple[Pointed, list[Fault]]:
    """Give the terms of the lines that can be had, and what is wrong with the others."""
    if facts.unquoted is not None:
        return [], [Fault("/site", facts.unquoted.code, facts.unquoted.detail)]
    good: list[tuple[str, LineTerms]] = []
    wrong: list[Fault] = []
    for at, wish in wishes:
        quote = facts.quotes.get(wish.sku)
        found = _unknown(wish.sku, at) if quote is None else _terms(wish, quote, at, staff_id)
        if isinstance(found, Fault):
            wrong.append(found)
        else:
            good.append((at, found))
    return good, wrong


def one_line(wish: LineWish, facts: Facts, staff_id: StaffId) -> LineTerms:
    """Give the terms of one line.

    Raises:
        NotAcceptable: It cannot be had; the pointers are into the line.
    """
    good, wrong = line_terms([("", wish)], facts, staff_id)
    if wrong:
        raise NotAcceptable(wrong)
    return good[0][1]


def _unknown(sku: Sku, at: str) -> Fault:
    """Say that a product is not sold; what may be a card number is not repeated (PA-2)."""
    if holds_card_number(sku):
        return Fault(f"{at}/sku", "CARD_NUMBER_REFUSED", "the SKU looks like a card number")
    return Fault(f"{at}/sku", "UNKNOWN_PRODUCT", f"this site does not sell {sku}")


def _terms(wish: LineWish, quote: ProductQuote, at: str, staff_id: StaffId) -> LineTerms | Fault:
    place = _place(wish, quote, at)
    if isinstance(place, Fault):
        return place
    manual = ManualPrice(wish.price.unit, wish.price.reason, staff_id) if wish.price else None
    return LineTerms(
        sku=quote.sku,
        name=quote.name,
        units=wish.units,
        list_price=quote.price,
        fulfilment=wish.fulfilment,
        place=place,
        manual=manual,
    )


def _place(wish: LineWish, quote: ProductQuote, at: str) -> Place | Fault | None:
    """Check that the location offers what is asked of it (FU-1)."""
    pointer = f"{at}/location"
    if wish.fulfilment is Fulfilment.SHIP:
        if wish.location is None:
            return None
        detail = "a shipped line takes no location; the catalog chooses where it comes from"
        return Fault(pointer, "LOCATION_NOT_WANTED", detail)
    if wish.location is None:
        return Fault(pointer, "LOCATION_MISSING", f"{wish.fulfilment} needs a location")
    location = next((one for one in quote.locations if one.code == wish.location), None)
    if location is None:
        return Fault(pointer, "UNKNOWN_LOCATION", f"no location {wish.location} serves this site")
    if not _offers(location, wish.fulfilment):
        detail = f"location {wish.location} does not offer {wish.fulfilment}"
        return Fault(pointer, "FULFILMENT_NOT_OFFERED", detail)
    return Place(location.location_id, location.code)


def _offers(location: LocationStock, fulfilment: Fulfilment) -> bool:
    match fulfilment:
        case Fulfilment.SHIP:
            return location.ships
        case Fulfilment.PICKUP:
            return location.pickup
        case Fulfilment.DELIVERY:
            return location.delivery
