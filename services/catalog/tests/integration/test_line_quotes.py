"""What lines cost a customer, and why."""

from typing import Any
from uuid import uuid4

import pytest
from contracts.catalog.questions import QuoteLines
from contracts.catalog.quotes import LineAsked
from contracts.catalog.replies import LinesQuoted, QuoteRefused
from contracts.values import MAX_MINOR, MAX_UNITS, Money, SiteId, Sku
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from services.catalog.tests.api import Api, problem
from services.catalog.tests.driving import Catalog, a_site
from services.catalog.tests.shop import Shop, a_code, a_shop, pounds


@pytest.fixture
async def shop(api: Api, catalog: Catalog) -> Shop:
    return await a_shop(api, catalog)


def sources(line: dict[str, Any]) -> list[tuple[str, int]]:
    return [(step["source"], step["amount"]["minor"]) for step in line["trace"]]


async def test_a_line_costs_the_sites_price_by_default(shop: Shop) -> None:
    """CP-1, CP-5, CP-8: with what is known of the product."""
    text = {"label": "Engraving", "max_length": 20, "required": True}
    chair = await shop.product(weight_grams=900, customisation=text, tax_category="furniture")

    told = await shop.quote((chair, 3))

    (line,) = told["lines"]
    assert told["currency"] == "GBP"
    assert (line["unit_price"], line["amount"]) == (pounds(1000), pounds(3000))
    assert sources(line) == [("list", 1000)]
    assert (line["product"], line["weight_grams"]) == (chair, 900)
    assert (line["tax_category"], line["customisation"]) == ("furniture", text)
    assert line["availability"]["current"] == 0
    assert told["as_of"].endswith("Z")


async def test_the_list_of_the_level_then_that_of_the_order_then_staff_set_the_price(
    shop: Shop,
) -> None:
    """CP-4, CP-5: each step stands in the trace."""
    chair = await shop.product(1000)
    await shop.price_list((chair, 1, 900), level="trade")
    special = await shop.price_list((chair, 1, 800))

    plain = await shop.quote((chair, 1))
    level = await shop.quote((chair, 1), level="trade")
    both = await shop.quote((chair, 1), level="trade", price_list=special)
    line = {"line_id": 1, "sku": chair, "units": 2, "manual_price": pounds(0)}
    manual = await shop.quote(level="trade", price_list=special, lines=[line])

    assert sources(plain["lines"][0]) == [("list", 1000)]
    assert sources(level["lines"][0]) == [("list", 1000), ("level", 900)]
    steps = [("list", 1000), ("level", 900), ("price-list", 800)]
    assert sources(both["lines"][0]) == steps
    assert sources(manual["lines"][0]) == [*steps, ("manual", 0)]
    assert manual["lines"][0]["amount"] == pounds(0)
    assert manual["lines"][0]["list_price"] == pounds(1000)
    assert both["lines"][0]["trace"][2]["code"] == special


async def test_quantity_breaks_count_the_product_in_all_lines(shop: Shop) -> None:
    """CP-4, CP-5: a quantity changes the break, never the list."""
    chair = await shop.product(1000)
    code = await shop.price_list((chair, 10, 800), (chair, 20, 700))

    few = await shop.quote((chair, 4), (chair, 5), price_list=code)
    ten = await shop.quote((chair, 4), (chair, 6), price_list=code)
    many = await shop.quote((chair, 25), price_list=code)

    assert [line["unit_price"]["minor"] for line in few["lines"]] == [1000, 1000]
    assert [line["unit_price"]["minor"] for line in ten["lines"]] == [800, 800]
    assert ten["lines"][0]["trace"][1]["min_units"] == 10
    assert many["lines"][0]["unit_price"]["minor"] == 700


async def test_an_exclusive_list_hides_what_is_not_on_it(shop: Shop) -> None:
    """CP-4."""
    on, off = await shop.product(), await shop.product()
    code = await shop.price_list((on, 1, 900), exclusive=True)

    told = await shop.quote((on, 1), (off, 1), price_list=code)

    assert [line["sku"] for line in told["lines"]] == [on]
    assert [(r["sku"], r["code"]) for r in told["refused"]] == [(off, "NOT_ON_PRICE_LIST")]


async def test_a_list_of_another_site_or_time_or_currency_is_refused(
    shop: Shop, catalog: Catalog
) -> None:
    """CP-4."""
    chair = await shop.product()
    other = await a_shop(shop.api, catalog)
    for code in (
        await other.price_list(),
        await shop.price_list(active=False),
        await shop.price_list(valid_from="2999-01-01T00:00:00Z"),
        await shop.price_list(valid_until="2001-01-01T00:00:00Z"),
        "none",
    ):
        refused = await shop.ask((chair, 1), price_list=code)
        problem(refused, 422, "UNKNOWN_PRICE_LIST", "/price_list")
    kept = await shop.price_list((chair, 1, 1), level="trade")
    await catalog.handle(a_site(shop.site, site_id=shop.site_id, currency="EUR", version=2))
    problem(await shop.ask((chair, 1), price_list=kept), 422, "CURRENCY_MISMATCH")
    euros = {"minor": 5, "currency": "EUR"}
    await shop.put(f"/products/{chair}", name="Chair", prices={shop.site: euros})
    told = await shop.quote((chair, 1), level="trade")
    assert sources(told["lines"][0]) == [("list", 5)]


async def test_only_what_the_customers_level_sees_is_sold(shop: Shop, catalog: Catalog) -> None:
    """CP-1, CU-14: not sold here, hidden, for other levels, no longer active."""
    other = await a_shop(shop.api, catalog)
    trade = await shop.product(visibility={shop.site: {"levels": ["trade"]}})
    hidden = await shop.product(visibility={shop.site: {"visible": False}})
    gone = await shop.product(active=False)
    foreign = await other.product()
    asked = [(sku, 1) for sku in (trade, hidden, gone, foreign, "none")]

    plain, level = await shop.quote(*asked), await shop.quote(*asked, level="trade")

    assert {r["code"] for r in plain["refused"]} == {"UNKNOWN_PRODUCT"}
    assert (plain["lines"], len(plain["refused"])) == ([], 5)
    assert [line["sku"] for line in level["lines"]] == [trade]


async def test_a_product_with_options_is_bought_by_its_variant(shop: Shop) -> None:
    """CP-2: the choices come from the catalogue."""
    code, small, large = a_code(), a_code(), a_code()
    variants = [
        {"sku": small, "options": {"Size": "S"}, "prices": {shop.site: pounds(100)}},
        {"sku": large, "options": {"Size": "L"}, "prices": {shop.site: pounds(200)}},
    ]
    options = [{"name": "Size", "values": ["S", "L"]}]
    await shop.put(f"/products/{code}", name="Shirt", options=options, variants=variants)

    told = await shop.quote((code, 1), (large, 1))

    assert [(r["sku"], r["code"]) for r in told["refused"]] == [(code, "OPTIONS_MISSING")]
    (line,) = told["lines"]
    assert (line["sku"], line["product"], line["options"]) == (large, code, {"Size": "L"})
    assert line["unit_price"] == pounds(200)


async def test_promotions_take_off_each_line_and_stand_in_the_trace(shop: Shop) -> None:
    """CP-5, CP-6: by level, product, category and minimum; entries without discounts are left."""
    parent, child = a_code(), a_code()
    await shop.put(f"/categories/{parent}", name="Furniture")
    await shop.put(f"/categories/{child}", name="Chairs", parent=parent)
    chair = await shop.product(1005, categories=[child])
    lamp, fixed = await shop.product(1000), await shop.product(1000)
    code = await shop.price_list()
    entry = {"sku": fixed, "price": pounds(500), "no_discounts": True}
    await shop.put(f"/price-lists/{code}/entries", entries=[entry])
    furniture = await shop.promotion(categories=[parent], name="Furniture days")
    await shop.promotion(level="trade")
    await shop.promotion(minimum=pounds(100_000))
    await shop.promotion(valid_until="2001-01-01T00:00:00Z")

    told = await shop.quote((chair, 1), (lamp, 1), (fixed, 1), price_list=code)

    assert [line["discount"]["minor"] for line in told["lines"]] == [101, 0, 0]
    step = told["lines"][0]["trace"][-1]
    assert (step["source"], step["code"], step["name"]) == (
        "promotion",
        furniture,
        "Furniture days",
    )
    assert told["promotions"] == [furniture]
    trade = await shop.quote((lamp, 1), (fixed, 1), price_list=code, level="trade")
    assert [line["discount"]["minor"] for line in trade["lines"]] == [100, 0]
    assert [line["discountable"] for line in trade["lines"]] == [True, False]


async def test_an_amount_is_shared_over_the_lines_to_the_cent(shop: Shop) -> None:
    """TO-1, CP-6."""
    skus = [await shop.product(1000) for _ in range(3)]
    await shop.promotion(kind="amount", amount=pounds(1000))
    ship = await shop.promotion(kind="free-shipping")

    told = await shop.quote(*[(sku, 1) for sku in skus])

    assert sorted(line["discount"]["minor"] for line in told["lines"]) == [333, 333, 334]
    assert told["free_shipping"] is True
    assert ship in told["promotions"]


async def test_what_does_not_fit_is_refused_never_a_fault(shop: Shop, catalog: Catalog) -> None:
    """CP-8: 64 bits of minor units."""
    chair = await shop.product(MAX_MINOR)
    problem(await shop.ask((chair, 2)), 422, "AMOUNT_OUT_OF_RANGE", "/lines")
    problem(await shop.ask((chair, MAX_UNITS + 1)), 422, "INVALID_REQUEST", "/lines/0/units")
    line = {"line_id": 1, "sku": chair, "units": 1}
    twice = await shop.ask(lines=[line, line])
    problem(twice, 422, "INVALID_REQUEST", "/lines")
    many = [{**line, "line_id": number} for number in range(251)]
    problem(await shop.ask(lines=many), 422, "INVALID_REQUEST", "/lines")
    euros = {**line, "manual_price": {"minor": 1, "currency": "EUR"}}
    elsewhere = "/lines/1/manual_price/currency"
    wrong = await shop.ask(lines=[{**line, "line_id": 2}, euros])
    problem(wrong, 422, "CURRENCY_MISMATCH", elsewhere)
    less = {**line, "manual_price": pounds(-1)}
    refused = await shop.ask(lines=[less])
    problem(refused, 422, "INVALID_REQUEST", "/lines/0/manual_price")
    question = {"lines": [line], "site": "nowhere"}
    problem(await shop.ask(**question), 422, "UNKNOWN_SITE", "/site")
    staff = shop.api.staff((await a_shop(shop.api, catalog)).site_id)
    body = {"lines": [line], "site": shop.site}
    problem(await staff.call("POST", "/quotes", body), 422, "UNKNOWN_SITE", "/site")


async def test_the_question_over_messages_has_the_same_answer(shop: Shop, catalog: Catalog) -> None:
    """CP-1: with the stock of every place (IN-2)."""
    chair = await shop.product()
    place = await catalog.location(shop.site_id)
    await catalog.adjust(place, {Sku(chair): 5})
    line = LineAsked(line_id=7, sku=Sku(chair), units=2)

    reply = await catalog.handle(QuoteLines(site_id=shop.site_id, lines=(line,)))
    nowhere = await catalog.handle(QuoteLines(site_id=SiteId(uuid4()), lines=(line,)))

    assert isinstance(reply, LinesQuoted)
    told = reply.lines[0]
    assert (told.line_id, told.amount) == (7, Money(2000, "GBP"))
    assert told.availability is not None
    assert (told.availability.current, told.availability.locations[0].current) == (5, 5)
    assert isinstance(nowhere, QuoteRefused)
    assert nowhere.code == "UNKNOWN_SITE"


async def test_the_number_of_statements_does_not_grow_with_the_lines(
    shop: Shop, catalog: Catalog
) -> None:
    """SE-6: a quote stays as fast as its site is small."""
    skus = [Sku(await shop.product()) for _ in range(20)]
    engine = catalog.sessions.kw["bind"]
    assert isinstance(engine, AsyncEngine)
    seen = list[str]()

    def note(_connection: object, _cursor: object, sql: str, *_rest: object) -> None:
        seen.append(sql)

    event.listen(engine.sync_engine, "before_cursor_execute", note)

    async def counted(*asked: Sku) -> int:
        seen.clear()
        lines = tuple(LineAsked(line_id=n, sku=sku, units=1) for n, sku in enumerate(asked))
        await catalog.handle(
            QuoteLines(site_id=shop.site_id, lines=lines, level="trade", coupons=("NONE",))
        )
        return len(seen)

    one, many = await counted(*skus[:1]), await counted(*skus)

    assert one == many <= 8


async def test_without_a_line_the_price_list_is_judged(shop: Shop, catalog: Catalog) -> None:
    """CP-4: orders ask so about a draft that is empty yet."""
    known = await shop.price_list()
    quoted = await catalog.handle(QuoteLines(site_id=shop.site_id, price_list=known, lines=()))
    assert isinstance(quoted, LinesQuoted)
    assert quoted.lines == ()
    other = await catalog.handle(QuoteLines(site_id=shop.site_id, price_list="other", lines=()))
    assert isinstance(other, QuoteRefused)
    assert other.code == "UNKNOWN_PRICE_LIST"
