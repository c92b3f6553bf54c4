"""Which tax applies where, and how it is rounded (TO-1)."""

from dataclasses import replace

import pytest
from orders.domain.content import Content
from orders.domain.lines import Line
from orders.domain.parts import Buyer, Shipping
from orders.domain.shipping import settled
from orders.domain.site_terms import Policy, SiteTerms
from orders.domain.taxes import Levy, Rate, RateEntry, TaxTerms, rates_for

from services.orders.tests.builders import ADDRESS, UK, a_line, gbp

VAT = Rate("standard", "VAT", 200_000, on_shipping=True)
REDUCED = Rate("books", "VAT reduced", 50_000)
DUTY = Rate("standard", "Duty", 25_000, levy=Levy.DUTY)
TABLE = (
    RateEntry("GB", VAT),
    RateEntry("GB", REDUCED),
    RateEntry("US", Rate("standard", "State", 40_000), "NY"),
    RateEntry("US", Rate("standard", "County", 45_000), "ny"),
    RateEntry("US", DUTY),
)


def taxed(*prices: int, tax: TaxTerms, category: str = "standard") -> Content:
    lines = (replace(a_line(price), tax_category=category) for price in prices)
    return Content("GBP", lines=tuple(Line(n, line) for n, line in enumerate(lines, 1)), tax=tax)


@pytest.mark.parametrize(
    ("prices", "tax"), [((1, 1, 1), 0), ((2, 2), 0), ((3,), 1), ((1250, 1250), 500), ((13,), 3)]
)
def test_tax_is_rounded_at_each_line(prices: tuple[int, ...], tax: int) -> None:
    """TO-1: per line and rate, a half away from zero; the total is the lines' sum."""
    totals = taxed(*prices, tax=TaxTerms((VAT,))).totals()
    assert (totals.tax, totals.total) == (gbp(tax), gbp(sum(prices) + tax))


def test_an_inclusive_sites_tax_is_in_its_prices() -> None:
    """TO-1: 1200 including 20 % hold 200 of tax, and the total stays."""
    totals = taxed(1200, tax=TaxTerms((VAT,), inclusive=True)).totals()
    assert (totals.tax, totals.total, totals.tax_included) == (gbp(200), gbp(1200), True)


def test_two_rates_within_a_price_share_it() -> None:
    rates = (Rate("standard", "State", 40_000), Rate("standard", "County", 60_000))
    sums = taxed(1100, tax=TaxTerms(rates, inclusive=True)).sums()
    assert [one.amount for one in sums.levied] == [40, 60]


def test_shipping_and_handling_are_taxed_where_the_rate_says_so() -> None:
    content = taxed(1000, tax=TaxTerms((VAT, REDUCED)))
    content = replace(content, shipping=Shipping(gbp(400), handling=gbp(100)))
    assert content.totals().tax == gbp(200 + 100)
    assert replace(content, tax=TaxTerms((replace(VAT, on_shipping=False),))).totals().tax == gbp(
        200
    )


def test_a_category_has_its_own_rate() -> None:
    assert taxed(1000, tax=TaxTerms((VAT, REDUCED)), category="books").totals().tax == gbp(50)


def test_rates_of_country_and_region_add_up_and_duty_is_always_added() -> None:
    rates = rates_for(TABLE, "US", " ny ", exempt=False)
    assert [rate.name for rate in rates] == ["State", "County", "Duty"]
    totals = taxed(1000, tax=TaxTerms(rates, inclusive=True)).totals()
    assert (totals.tax, totals.duty, totals.total) == (gbp(37 + 41), gbp(25), gbp(1025))
    assert [rate.name for rate in rates_for(TABLE, "US", "CA", exempt=False)] == ["Duty"]


def test_an_exempt_customer_pays_duty_only() -> None:
    assert [rate.name for rate in rates_for(TABLE, "US", "NY", exempt=True)] == ["Duty"]
    assert rates_for(TABLE, "GB", None, exempt=True) == ()


def test_an_order_is_taxed_where_it_goes() -> None:
    """What is only collected is taxed at home; what is sent, where it is sent."""
    terms = SiteTerms(Policy(tax_inclusive=True), rates=TABLE)
    abroad = replace(ADDRESS, country="US", region="NY")
    sent = Content("GBP", lines=(Line(1, a_line()),), shipping_address=abroad)
    collected = replace(sent, lines=(Line(1, a_line(collected=True)),))
    assert [rate.name for rate in settled(sent, UK, terms).tax.rates] == ["State", "County", "Duty"]
    assert [rate.name for rate in settled(collected, UK, terms).tax.rates] == ["VAT", "VAT reduced"]
    exempt = replace(sent, buyer=Buyer(tax_exempt=True))
    assert [rate.name for rate in settled(exempt, UK, terms).tax.rates] == ["Duty"]
    assert settled(sent, UK, terms).tax.inclusive
