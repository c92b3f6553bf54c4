"""What must hold of any order's totals, worked out a second time, in whole numbers (TO-1)."""

from collections.abc import Sequence

from orders.domain.amounts import spread
from orders.domain.content import Content
from orders.domain.lines import Line
from orders.domain.payments import shares
from orders.domain.taxes import Levied, Levy, TaxTerms
from orders.domain.totals import LineSum, Sums, Totals

_MILLION = 1_000_000


def adds_up(content: Content) -> None:
    """Assert that the parts are what the rules say and make the total; nothing is below zero."""
    sums, totals = content.sums(), content.totals()
    for line, counted in zip(content.lines, sums.lines, strict=True):
        _line(line, counted, content.tax)
    _shared(sums)
    charged = sums.shipping + sums.handling
    on_shipping = [one for one in content.tax.rates if one.on_shipping]
    assert {one.rate for one in sums.on_shipping} <= set(on_shipping)
    _levied(sums.on_shipping, charged, content.tax)
    _total(sums, totals)
    paid = shares(content.payments, totals.total)
    assert (totals.paid.minor, totals.balance) == (
        sum(one.minor for one in paid),
        totals.total - totals.paid,
    )


def _line(line: Line, counted: LineSum, tax: TaxTerms) -> None:
    terms = line.terms
    assert counted.goods == terms.unit_price.minor * terms.units
    assert counted.discount == min(
        sum(step.amount.minor for step in terms.trace if step.is_discount), counted.goods
    )
    assert counted.goods - counted.discount + counted.adjustment >= 0
    assert counted.net >= 0
    wanted = [one for one in tax.rates if one.category == terms.tax_category and one.ppm]
    assert [one.rate for one in counted.levied] == wanted
    _levied(counted.levied, counted.net, tax)


def _levied(levied: Sequence[Levied], amount: int, tax: TaxTerms) -> None:
    """Each rate is rounded by itself, a half away from zero."""
    taxes = sum(one.rate.ppm for one in levied if one.rate.levy is Levy.TAX)
    for one in levied:
        included = tax.inclusive and one.rate.levy is Levy.TAX
        over = _MILLION + taxes if included else _MILLION
        assert one.amount == (2 * amount * one.rate.ppm + over) // (2 * over)
        assert 0 <= one.amount <= amount * max(one.rate.ppm, _MILLION) // _MILLION


def _shared(sums: Sums) -> None:
    """The order's adjustment is shared out fairly: each line within one unit of its exact part."""
    nets = [line.net - line.share for line in sums.lines]
    whole = sum(nets)
    assert sum(line.share for line in sums.lines) == sums.adjustment
    assert sums.adjustment >= -whole
    for line, net in zip(sums.lines, nets, strict=True):
        if whole:
            assert abs(line.share * whole - sums.adjustment * net) < whole
    assert [line.share for line in sums.lines] == spread(sums.adjustment, nets)


def _total(sums: Sums, totals: Totals) -> None:
    added = totals.goods - totals.discounts + totals.adjustments
    added += totals.shipping + totals.handling + totals.duty
    assert totals.total == (added if totals.tax_included else added + totals.tax)
    nets = [line.net for line in sums.lines]
    assert sum(nets) == (totals.goods - totals.discounts + totals.adjustments).minor
    assert min([*nets, totals.total.minor, totals.shipping.minor, totals.tax.minor]) >= 0
    for levy, total in ((Levy.TAX, totals.tax), (Levy.DUTY, totals.duty)):
        assert sum(one.amount for one in sums.levied if one.rate.levy is levy) == total.minor
