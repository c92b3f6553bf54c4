"""What an order comes to, and what that is made of (TO-1)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from contracts.values import Money

from orders.domain.adjustments import Adjustment
from orders.domain.amounts import spread
from orders.domain.lines import Line
from orders.domain.parts import Shipping
from orders.domain.taxes import Levied, Levy, TaxTerms, levied, levied_on_shipping


@dataclass(frozen=True, slots=True)
class Totals:
    """What an order comes to.

    ``total`` is ``goods - discounts + adjustments + shipping + handling + duty``, and ``tax`` too
    unless the site's prices include it.

    Attributes:
        goods: All lines before discounts and adjustments.
        discounts: What promotions and coupons take off; never negative.
        adjustments: What staff put on lines and order; negative when they took off.
        shipping: After it was offered or adjusted; nothing when no line ships (FU-2).
        tax: Of lines, shipping and handling.
        paid: What the payments amount to.
        balance: What ``paid`` leaves of ``total``; negative when it is more than that.
    """

    goods: Money
    discounts: Money
    adjustments: Money
    shipping: Money
    handling: Money
    tax: Money
    duty: Money
    total: Money
    paid: Money
    balance: Money
    tax_included: bool = False


@dataclass(frozen=True, slots=True)
class LineSum:
    """What a line comes to, in minor units.

    Attributes:
        goods: Unit price times units.
        discount: What promotions and coupons take off, at most ``goods``.
        adjustment: The line's own.
        share: Its part of the order's adjustment.
        levied: Tax and duty on ``net``.
    """

    line_id: int
    goods: int
    discount: int
    adjustment: int
    share: int
    levied: Sequence[Levied]

    @property
    def net(self) -> int:
        """Give what is taxed: never below zero."""
        return self.goods - self.discount + self.adjustment + self.share


@dataclass(frozen=True, slots=True)
class Sums:
    """The parts of a total, in minor units; they add up to it.

    Attributes:
        shipping_adjustment: Of the shipping cost; ``shipping`` has it in it.
        on_shipping: Tax and duty on shipping and handling.
    """

    lines: Sequence[LineSum]
    adjustment: int
    shipping: int
    shipping_adjustment: int
    handling: int
    on_shipping: Sequence[Levied]
    tax_included: bool

    @property
    def levied(self) -> list[Levied]:
        """Give all that is levied, on lines first."""
        return [*(one for line in self.lines for one in line.levied), *self.on_shipping]

    def levy(self, levy: Levy) -> int:
        """Give what is levied of a kind."""
        return sum(one.amount for one in self.levied if one.rate.levy is levy)

    @property
    def total(self) -> int:
        """Give what the customer pays."""
        tax = 0 if self.tax_included else self.levy(Levy.TAX)
        net = sum(line.net for line in self.lines)
        return net + self.shipping + self.handling + tax + self.levy(Levy.DUTY)


@dataclass(frozen=True, slots=True)
class Carriage:
    """What there is to pay for shipping; ``shipping`` is none when nothing is shipped."""

    shipping: Shipping | None
    adjustment: Adjustment | None
    is_free: bool

    @property
    def cost(self) -> tuple[int, int]:
        """Give the cost, and what its adjustment adds to it."""
        if self.shipping is None or self.is_free:
            return 0, 0
        cost = self.shipping.cost.minor
        return cost, self.adjustment.on(cost) if self.adjustment else 0

    @property
    def handling(self) -> int:
        """Give what handling costs; it is paid for when shipping is free too."""
        return self.shipping.handling.minor if self.shipping and self.shipping.handling else 0


def sums_of(
    lines: Sequence[Line], adjustment: Adjustment | None, carriage: Carriage, tax: TaxTerms
) -> Sums:
    """Add an order up."""
    own = [_own(line) for line in lines]
    nets = [goods - discount + adjusted for goods, discount, adjusted in own]
    whole = adjustment.on(sum(nets)) if adjustment and lines else 0
    shares = spread(whole, nets) if whole else [0] * len(nets)
    cost, adjusted = carriage.cost
    shipping, handling = cost + adjusted, carriage.handling
    return Sums(
        lines=[
            LineSum(line.line_id, *parts, share, _levied(tax, line, net + share))
            for line, parts, net, share in zip(lines, own, nets, shares, strict=True)
        ],
        adjustment=whole,
        shipping=shipping,
        shipping_adjustment=adjusted,
        handling=handling,
        on_shipping=levied_on_shipping(tax, shipping + handling) if tax.rates else (),
        tax_included=tax.inclusive,
    )


def totals_of(sums: Sums, shares: Iterable[Money], currency: str) -> Totals:
    """Give the totals; ``shares`` are what the payments amount to.

    Raises:
        AmountOutOfRange: An amount does not fit 64 bits.
    """
    total = Money(sums.total, currency)
    paid = sum(shares, start=Money(0, currency))
    return Totals(
        goods=Money(sum(line.goods for line in sums.lines), currency),
        discounts=Money(sum(line.discount for line in sums.lines), currency),
        adjustments=Money(sum(line.adjustment + line.share for line in sums.lines), currency),
        shipping=Money(sums.shipping, currency),
        handling=Money(sums.handling, currency),
        tax=Money(sums.levy(Levy.TAX), currency),
        duty=Money(sums.levy(Levy.DUTY), currency),
        total=total,
        paid=paid,
        balance=total - paid,
        tax_included=sums.tax_included,
    )


def _own(line: Line) -> tuple[int, int, int]:
    """Give goods, discount and adjustment of a line by itself."""
    terms = line.terms
    goods = terms.unit_price.minor * terms.units
    off = sum(step.amount.minor for step in terms.trace if step.is_discount) if terms.trace else 0
    discount = min(off, goods)
    adjusted = terms.adjustment.on(goods - discount) if terms.adjustment else 0
    return goods, discount, adjusted


def _levied(tax: TaxTerms, line: Line, net: int) -> Sequence[Levied]:
    return levied(tax, line.terms.tax_category, net) if tax.rates else ()
