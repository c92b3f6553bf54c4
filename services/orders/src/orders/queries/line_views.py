"""An order's lines, coupons and totals as staff see them, part by part."""

from collections.abc import Mapping, Sequence
from typing import Self

from contracts.values import LocationId, Money, Sku

from orders.domain.adjustments import Adjustment
from orders.domain.content import Content
from orders.domain.lines import Fulfilment, Line, ManualPrice, Place
from orders.domain.pricing import Customisation, PriceStep, Unavailable
from orders.domain.taxes import Levy
from orders.domain.totals import LineSum, Sums
from orders.queries.viewing import View


class LocationView(View):
    """Where a line is picked up or delivered from."""

    id: LocationId
    code: str

    @classmethod
    def of(cls, place: Place | None) -> Self | None:
        """Show a place that the catalog has told of."""
        if place is None or place.location_id is None:
            return None
        return cls(id=place.location_id, code=place.code)


class LineView(View):
    """A line.

    Attributes:
        product: Code of the product that the SKU is a variant of, where it is another.
        options: What was chosen, by the option's name.
        list_price: The site's own price of one unit.
        unit_price: What the customer pays for one unit, before discounts.
        manual_price: Set by staff instead of the catalog's.
        price_trace: How the price came about (CP-5).
        amount: ``unit_price`` times units.
        discount: What promotions and coupons take off.
        adjusted: What staff's adjustments add: of the line, and its part of the order's.
        net: What the line comes to: ``amount - discount + adjusted``.
        tax: On ``net``; in it on a site whose prices include tax.
        customisation: The text that the product takes; ``text`` is what the customer wants.
        unavailable: Why it cannot be had any more; then the order cannot be submitted.
    """

    id: int
    sku: Sku
    product: str | None
    name: str
    options: Mapping[str, str]
    units: int
    fulfilment: Fulfilment
    location: LocationView | None
    list_price: Money
    unit_price: Money
    manual_price: ManualPrice | None
    adjustment: Adjustment | None
    price_trace: Sequence[PriceStep]
    discountable: bool
    amount: Money
    discount: Money
    adjusted: Money
    net: Money
    tax: Money
    tax_category: str
    weight_grams: int | None
    customisation: Customisation | None
    text: str | None
    gift_message: str | None
    unavailable: Unavailable | None

    @classmethod
    def of(cls, line: Line, comes_to: LineSum) -> Self:
        """Show a line."""
        terms, currency = line.terms, line.terms.list_price.currency
        tax = sum(one.amount for one in comes_to.levied if one.rate.levy is Levy.TAX)
        return cls(
            id=line.line_id,
            sku=terms.sku,
            product=terms.product,
            name=terms.name,
            options=terms.options,
            units=terms.units,
            fulfilment=terms.fulfilment,
            location=LocationView.of(terms.place),
            list_price=terms.list_price,
            unit_price=terms.unit_price,
            manual_price=terms.manual,
            adjustment=terms.adjustment,
            price_trace=terms.trace or (PriceStep("list", terms.list_price),),
            discountable=terms.discountable,
            amount=Money(comes_to.goods, currency),
            discount=Money(comes_to.discount, currency),
            adjusted=Money(comes_to.adjustment + comes_to.share, currency),
            net=Money(comes_to.net, currency),
            tax=Money(tax, currency),
            tax_category=terms.tax_category,
            weight_grams=terms.weight_grams,
            customisation=terms.customisation,
            text=terms.text,
            gift_message=terms.gift_message,
            unavailable=terms.unavailable,
        )


class DiscountPart(View):
    """What one promotion or coupon takes off all lines."""

    source: str
    code: str | None
    name: str | None
    amount: Money


class LevyPart(View):
    """What one rate of tax or duty comes to; ``ppm`` is parts per million."""

    levy: Levy
    name: str
    category: str
    ppm: int
    amount: Money


class PartsView(View):
    """What the totals are made of; each list adds up to the total of its name (TO-1).

    Attributes:
        line_adjustments: Of single lines, in all.
        order_adjustment: Of the goods in all.
        shipping_adjustment: Is in the total of shipping.
    """

    discounts: Sequence[DiscountPart]
    line_adjustments: Money
    order_adjustment: Money
    shipping_adjustment: Money
    levies: Sequence[LevyPart]

    @classmethod
    def of(cls, content: Content, sums: Sums) -> Self:
        """Show the parts."""
        currency = content.currency
        return cls(
            discounts=_discounts(content, sums),
            line_adjustments=Money(sum(line.adjustment for line in sums.lines), currency),
            order_adjustment=Money(sums.adjustment, currency),
            shipping_adjustment=Money(sums.shipping_adjustment, currency),
            levies=_levies(sums, currency),
        )


def _discounts(content: Content, sums: Sums) -> list[DiscountPart]:
    """Add up by promotion or coupon; a line is never charged less than nothing."""
    found: dict[tuple[str, str | None, str | None], int] = {}
    for line, comes_to in zip(content.lines, sums.lines, strict=True):
        left = comes_to.discount
        for step in line.terms.discounts:
            if not step.amount.minor:
                continue
            taken = min(step.amount.minor, left)
            left -= taken
            key = (step.source, step.code, step.name)
            found[key] = found.get(key, 0) + taken
    return [
        DiscountPart(source=source, code=code, name=name, amount=Money(amount, content.currency))
        for (source, code, name), amount in found.items()
    ]


def _levies(sums: Sums, currency: str) -> list[LevyPart]:
    found: dict[tuple[Levy, str, str, int], int] = {}
    for one in sums.levied:
        key = (one.rate.levy, one.rate.name, one.rate.category, one.rate.ppm)
        found[key] = found.get(key, 0) + one.amount
    return [
        LevyPart(levy=levy, name=name, category=category, ppm=ppm, amount=Money(amount, currency))
        for (levy, name, category, ppm), amount in found.items()
    ]
