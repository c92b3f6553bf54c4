"""What lines cost a customer on a site, and why (CP-1, CP-4, CP-5, CP-7).

The number of statements does not grow with the number of lines.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contracts.catalog.questions import QuoteLines
from contracts.catalog.quotes import LineAsked, LineRefused
from contracts.catalog.replies import LinesQuoted, QuoteRefused
from contracts.values import AmountOutOfRange, Sku

from catalog.domain.discounts import Goods
from catalog.domain.pricing import Applied, Offered, Priced, price_of
from catalog.domain.products import is_sku
from catalog.domain.selling import Selling
from catalog.handlers.quoted_deals import Deals, asked_deals, verdicts
from catalog.handlers.quoted_lines import QuotedLine, line_quotes
from catalog.handlers.scoped import unknown_site
from catalog.handlers.unit_of_work import Pricing, UnitOfWork


@dataclass(frozen=True, slots=True)
class _Facts:
    selling: Selling
    offered: Mapping[Sku, Offered]
    with_options: set[Sku]
    lists: Sequence[Applied]


async def quote_lines(question: QuoteLines, uow: UnitOfWork) -> LinesQuoted | QuoteRefused:
    known = await uow.offers.site(question.site_id)
    if known is None:
        return unknown_site(question.site_id)
    return await quote_lines_on(question, known, uow)


async def quote_lines_on(
    question: QuoteLines, selling: Selling, pricing: Pricing
) -> LinesQuoted | QuoteRefused:
    """Do the same on a site that was just looked up."""
    site = selling.site
    given = {line.manual_price.currency for line in question.lines if line.manual_price}
    if question.standing is not None:
        given |= {question.standing.worth.currency}
    if given - {site.currency}:
        return QuoteRefused(code="CURRENCY_MISMATCH", detail=f"the site sells in {site.currency}")
    deals = await asked_deals(question, selling, pricing)
    facts = await _facts(question, selling, deals, pricing)
    if isinstance(facts, QuoteRefused):
        return facts
    try:
        return _quoted(question, facts, deals)
    except AmountOutOfRange as error:
        return QuoteRefused(code="AMOUNT_OUT_OF_RANGE", detail=str(error))


async def _facts(
    question: QuoteLines, selling: Selling, deals: Deals, pricing: Pricing
) -> _Facts | QuoteRefused:
    site = selling.site
    skus = {line.sku for line in question.lines if is_sku(line.sku)}
    level, code = _printable(question.level), _printable(question.price_list)
    found = await pricing.offers.lists(site.site_id, level, code, selling.at)
    ordered = next((one for one in found if one.code == question.price_list), None)
    if question.price_list is not None and ordered is None:
        detail = f"there is no price list {question.price_list} on this site now"
        return QuoteRefused(code="UNKNOWN_PRICE_LIST", detail=detail)
    if ordered is not None and ordered.currency != site.currency:
        detail = f"{ordered.code} is in {ordered.currency}, the site sells in {site.currency}"
        return QuoteRefused(code="CURRENCY_MISMATCH", detail=detail)
    offered = await pricing.offers.offered(
        selling.promise,
        skus,
        categories=any(deal.categories for deal in deals.promotions),
        stock=question.with_availability,
    )
    with_options = set[Sku]()
    if missing := skus - offered.keys():
        with_options = await pricing.offers.with_options(missing)
    usable = [one for one in found if one.currency == site.currency]
    entries = await pricing.offers.entries([one.code for one in usable], offered.keys())
    lists = [
        Applied(one, "price-list" if one is ordered else "level", entries[one.code])
        for one in sorted(usable, key=lambda one: one is ordered)
    ]
    return _Facts(selling, offered, with_options, lists)


def _quoted(question: QuoteLines, facts: _Facts, deals: Deals) -> LinesQuoted:
    judged = [(line, _refusal(line, question.level, facts)) for line in question.lines]
    lines = [line for line, refusal in judged if refusal is None]
    units = Counter[Sku]()
    for line in lines:
        units[line.sku] += line.units
    priced = [
        QuotedLine(line, facts.offered[line.sku], _priced(line, units, facts)) for line in lines
    ]
    goods = [_goods(place, line) for place, line in enumerate(priced)]
    outcome = deals.outcome(goods)
    currency = facts.selling.site.currency
    return LinesQuoted(
        currency=currency,
        lines=line_quotes(priced, deals.steps(goods, outcome)),
        refused=tuple(refusal for _, refusal in judged if refusal is not None),
        coupons=verdicts(question.coupons, deals, outcome, currency),
        promotions=deals.taken(outcome),
        free_shipping=bool(outcome.free_shipping),
        as_of=facts.selling.at,
    )


def _priced(line: LineAsked, units: Mapping[Sku, int], facts: _Facts) -> Priced:
    offered = facts.offered[line.sku]
    return price_of(offered, units[line.sku], facts.lists, line.manual_price)


def _refusal(line: LineAsked, level: str | None, facts: _Facts) -> LineRefused | None:
    offered = facts.offered.get(line.sku)
    code, detail = "UNKNOWN_PRODUCT", f"{line.sku} is not sold here to this customer"
    if offered is None and line.sku in facts.with_options:
        code, detail = "OPTIONS_MISSING", f"say which variant of {line.sku} is meant"
    elif offered is not None and offered.visibility.shows_to(level):
        hiding = next((one for one in facts.lists if one.hides(line.sku)), None)
        if hiding is None:
            return None
        code = "NOT_ON_PRICE_LIST"
        detail = f"{line.sku} is not on the price list {hiding.price_list.code}"
    return LineRefused(line_id=line.line_id, sku=line.sku, code=code, detail=detail)


def _printable(code: str | None) -> str | None:
    """Give a code, unless the database could not even compare it."""
    return code if code is not None and code.isprintable() else None


def _goods(place: int, line: QuotedLine) -> Goods:
    offered = line.offered
    categories = {f"category:{code}" for code in offered.categories}
    return Goods(
        line_id=place,
        names=frozenset({offered.sku, offered.product, *categories}),
        amount=line.amount.minor,
        discountable=line.priced.discountable,
    )
