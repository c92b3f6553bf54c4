"""What a draft costs: the question that is put to the catalog, and its answer in our words.

A draft is quoted as a whole, since discounts depend on all of it. It is asked before a transaction
is opened, so that no row waits for another service.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from contracts.catalog import quotes as told
from contracts.catalog.availability import Availability
from contracts.catalog.questions import QuoteLines, TellAvailability
from contracts.catalog.quotes import LineAsked
from contracts.catalog.replies import AvailabilityTold, LinesQuoted, QuoteRefused
from contracts.values import Sku
from messaging.transport import Asker, Unanswered

from orders.domain.draft import Draft
from orders.domain.lines import Line
from orders.domain.pricing import (
    Coupon,
    Customisation,
    LineQuote,
    LocationOffer,
    PriceStep,
    Quote,
    Unavailable,
)

_AT_ONCE = 100
"""Lines whose availability may be asked for at once: the answer still fits a message."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What the catalog is asked about a draft; two that are equal are answered alike.

    Attributes:
        places: About lines whose location is not looked up yet, where the quote cannot tell it.
    """

    quote: QuoteLines
    places: tuple[TellAvailability, ...] = ()


def ask_of(draft: Draft) -> Ask | None:
    """Write what the catalog is to be asked; nothing while there is neither line nor price list."""
    content = draft.content
    if not content.lines and content.price_list is None:
        return None
    unplaced = sorted({line.terms.sku for line in content.lines if _unplaced(line)})
    together = len(content.lines) <= _AT_ONCE
    question = QuoteLines(
        site_id=draft.site.site_id,
        customer_id=draft.customer.customer_id if draft.customer else None,
        level=content.buyer.level if content.buyer else None,
        price_list=content.price_list,
        coupons=tuple(coupon.code for coupon in content.coupons),
        lines=tuple(_asked(line) for line in content.lines),
        with_availability=bool(unplaced) and together,
    )
    if together or not unplaced:
        return Ask(question)
    parts = (unplaced[start : start + _AT_ONCE] for start in range(0, len(unplaced), _AT_ONCE))
    site_id = draft.site.site_id
    return Ask(question, tuple(TellAvailability(site_id=site_id, skus=tuple(p)) for p in parts))


def _unplaced(line: Line) -> bool:
    place = line.terms.place
    return place is not None and place.location_id is None


def _asked(line: Line) -> LineAsked:
    terms = line.terms
    manual = terms.manual.unit if terms.manual else None
    return LineAsked(line_id=line.line_id, sku=terms.sku, units=terms.units, manual_price=manual)


async def quoted(asker: Asker, ask: Ask) -> Quote:
    """Ask the catalog.

    Raises:
        Unanswered: It gave no answer in time.
    """
    answer = await asker.ask(ask.quote)
    if isinstance(answer, QuoteRefused):
        return Quote(refusal=Unavailable(answer.code, answer.detail))
    if not isinstance(answer, LinesQuoted):
        raise Unanswered(answer.owner())
    places: dict[Sku, tuple[LocationOffer, ...]] = {}
    for question in ask.places:
        found = await asker.ask(question)
        if isinstance(found, AvailabilityTold):
            places |= {one.sku: _offers(one) for one in found.products}
    return quote_of(answer, places)


def quote_of(
    answer: LinesQuoted, places: Mapping[Sku, tuple[LocationOffer, ...]] | None = None
) -> Quote:
    """Give the catalog's answer in this service's words; ``places`` are known besides."""
    lines = {line.line_id: _line(line) for line in answer.lines}
    if places:
        lines = {
            id_: replace(line, locations=places.get(line.sku, line.locations))
            for id_, line in lines.items()
        }
    return Quote(
        lines=lines,
        refused={one.line_id: Unavailable(one.code, one.detail) for one in answer.refused},
        coupons={one.code.casefold(): _coupon(one) for one in answer.coupons},
        free_shipping=answer.free_shipping or any(one.free_shipping for one in answer.coupons),
    )


def _line(line: told.LineQuote) -> LineQuote:
    wanted = line.customisation
    return LineQuote(
        sku=line.sku,
        name=line.name,
        list_price=line.list_price,
        unit_price=line.unit_price,
        trace=tuple(_steps(line)),
        product=line.product,
        options=line.options,
        discountable=line.discountable,
        tax_category=line.tax_category,
        weight_grams=line.weight_grams,
        customisation=(
            Customisation(wanted.label, wanted.max_length, wanted.required) if wanted else None
        ),
        locations=_offers(line.availability) if line.availability else None,
    )


def _steps(line: told.LineQuote) -> Iterator[PriceStep]:
    for step in line.trace:
        yield PriceStep(step.source, step.amount, step.code, step.name, step.min_units)


def _offers(availability: Availability) -> tuple[LocationOffer, ...]:
    return tuple(
        LocationOffer(one.location_id, one.code, one.ships, one.pickup, one.delivery)
        for one in availability.locations
    )


def _coupon(verdict: told.CouponVerdict) -> Coupon:
    return Coupon(
        code=verdict.code,
        promotion=verdict.promotion,
        name=verdict.name,
        refusal=verdict.refusal,
        detail=verdict.detail,
        discount=verdict.discount,
        free_shipping=verdict.free_shipping,
    )
