"""What a draft costs: the question that is put to the catalog, and its answer in our words.

A draft is quoted as a whole, since discounts depend on all of it. It is asked before a transaction
is opened, so that no row waits for another service.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from contracts.catalog import quotes as told
from contracts.catalog.availability import Availability
from contracts.catalog.questions import QuoteLines, TellAvailability
from contracts.catalog.quotes import LineAsked, Standing
from contracts.catalog.replies import AvailabilityTold, LinesQuoted, QuoteRefused
from contracts.message import Question, Reply
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
from orders.domain.shipping import place_of
from orders.domain.site_terms import TaxSource
from orders.domain.taxes import TaxPlace, TaxProvider, ToldRates

_AT_ONCE = 100
"""Lines whose availability may be asked for at once: the answer still fits a message."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What the catalog is asked about a draft; two that are equal are answered alike.

    Attributes:
        places: About lines whose location is not looked up yet, where the quote cannot tell it.
        taxed_at: Where the outside tax provider's rates are wanted; none: it is not asked.
    """

    quote: QuoteLines
    places: tuple[TellAvailability, ...] = ()
    taxed_at: TaxPlace | None = None


@dataclass(frozen=True, slots=True)
class TaxingAsker:
    """Asks other services, and knows an outside tax provider besides."""

    asker: Asker
    taxes: TaxProvider

    async def ask(self, question: Question, *, timeout: float = 5.0) -> Reply:  # noqa: ASYNC109
        """Put a question to the service that owns it; see ``messaging.transport.Asker``."""
        return await self.asker.ask(question, timeout=timeout)


def ask_of(draft: Draft, standing: Standing | None = None) -> Ask | None:
    """Write what the catalog is to be asked; nothing while there is neither line nor price list.

    ``standing`` is what a submitted order has beside the lines that are asked about.
    """
    content = draft.content
    if not content.lines and content.price_list is None and standing is None:
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
        standing=standing,
    )
    provided = bool(content.lines) and draft.terms.policy.tax_source is TaxSource.PROVIDER
    taxed_at = place_of(content, draft.site) if provided else None
    if together or not unplaced:
        return Ask(question, taxed_at=taxed_at)
    parts = (unplaced[start : start + _AT_ONCE] for start in range(0, len(unplaced), _AT_ONCE))
    site_id = draft.site.site_id
    places = tuple(TellAvailability(site_id=site_id, skus=tuple(p)) for p in parts)
    return Ask(question, places, taxed_at)


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
    rates = await told_rates(asker, ask.taxed_at) if ask.taxed_at else None
    return replace(quote_of(answer, places), rates=rates)


async def told_rates(asker: Asker, place: TaxPlace) -> ToldRates:
    """Ask the tax provider; where there is none, it gives no answer."""
    rates = await asker.taxes.rates(place) if isinstance(asker, TaxingAsker) else None
    return ToldRates(place, None if rates is None else tuple(rates))


async def stock_of(draft: Draft, asker: Asker) -> dict[Sku, Availability]:
    """Ask what can be promised of a draft's products; unknown ones are left out.

    Raises:
        Unanswered: The catalog gave no answer in time.
    """
    skus = sorted({line.terms.sku for line in draft.content.lines})
    told: dict[Sku, Availability] = {}
    for start in range(0, len(skus), _AT_ONCE):
        part = tuple(skus[start : start + _AT_ONCE])
        found = await asker.ask(TellAvailability(site_id=draft.site.site_id, skus=part))
        if isinstance(found, AvailabilityTold):
            told |= {one.sku: one for one in found.products}
    return told


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
        yield PriceStep(
            step.source, step.amount, step.code, step.name, step.min_units, step.withheld
        )


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
