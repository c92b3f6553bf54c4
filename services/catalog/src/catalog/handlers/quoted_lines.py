"""A quoted line in the words of the messages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contracts.catalog.quotes import Customisation, LineAsked, LineQuote, PriceStep
from contracts.values import Money

from catalog.domain.pricing import Offered, Priced, Step
from catalog.handlers.availability import told_availability


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """A line with what it asks for, what the site sells, and the unit price."""

    asked: LineAsked
    offered: Offered
    priced: Priced

    @property
    def amount(self) -> Money:
        """Give the unit price times units.

        Raises:
            AmountOutOfRange: It does not fit 64 bits.
        """
        return self.priced.unit * self.asked.units


def line_quotes(
    lines: Sequence[QuotedLine], off: Mapping[int, Sequence[Step]]
) -> tuple[LineQuote, ...]:
    """Tell what lines cost, with every step of the price; what is taken off is told by place."""
    return tuple(_line_quote(line, off.get(place, ())) for place, line in enumerate(lines))


def _line_quote(line: QuotedLine, off: Sequence[Step]) -> LineQuote:
    offered, priced = line.offered, line.priced
    text = offered.customisation
    return LineQuote(
        line_id=line.asked.line_id,
        sku=offered.sku,
        product=offered.product,
        name=offered.name,
        options=dict(offered.options),
        list_price=offered.price,
        unit_price=priced.unit,
        amount=line.amount,
        discount=Money(sum(step.amount.minor for step in off), priced.unit.currency),
        discountable=priced.discountable,
        trace=tuple(told_step(step) for step in [*priced.trace, *off]),
        tax_category=offered.tax_category,
        weight_grams=offered.weight_grams,
        customisation=text
        and Customisation(label=text.label, max_length=text.max_length, required=text.required),
        availability=offered.availability and told_availability(offered.availability),
    )


def told_step(step: Step) -> PriceStep:
    """Give a step of a price as messages tell it."""
    return PriceStep(
        source=step.source,
        code=step.code,
        name=step.name,
        amount=step.amount,
        min_units=step.min_units,
        withheld=step.withheld,
    )
