"""Many products and prices at once (OB-1)."""

from typing import Any
from uuid import uuid4

import pytest

from services.catalog.tests.api import Api, problem
from services.catalog.tests.driving import Catalog
from services.catalog.tests.shop import Shop, a_code, a_shop, pounds
from tests.planted import refusing_rows


@pytest.fixture
async def shop(api: Api, catalog: Catalog) -> Shop:
    return await a_shop(api, catalog)


async def take_in(
    shop: Shop, what: str, *rows: dict[str, Any], api: Api | None = None, **more: object
) -> dict[str, Any]:
    query = "?dry_run=true" if more.pop("dry_run", False) else ""
    body = {"rows": [{"line": n, **row} for n, row in enumerate(rows, start=2)], **more}
    path = f"/imports/{what}{query}"
    answer = await (api or shop.api).call("POST", path, body, Idempotency_Key=uuid4().hex)
    assert answer.status_code == 200, answer.text
    return answer.json()


def counts(report: dict[str, Any]) -> tuple[int, int, int]:
    return report["created"], report["changed"], report["unchanged"]


def errors(report: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [(error["line"], error["pointer"], error["code"]) for error in report["errors"]]


def a_row(shop: Shop, code: str, minor: int = 100, **more: object) -> dict[str, Any]:
    prices = {shop.site: pounds(minor)}
    return {"product": {"code": code, "name": "Chair", "prices": prices, **more}}


async def test_good_rows_are_taken_and_bad_ones_named(shop: Shop) -> None:
    """OB-1: an error report by row; one bad row does not stop the others."""
    good, other = a_code(), a_code()
    euros = {"minor": 1, "currency": "EUR"}
    rows: list[dict[str, Any]] = [
        a_row(shop, good),
        a_row(shop, a_code(), prices={shop.site: euros, "nowhere": pounds(1)}),
        a_row(shop, a_code(), name=""),
        {"product": 7},
        {"produce": {}},
        a_row(shop, a_code(), variants=[{"sku": "A"}]),
        a_row(shop, other),
        a_row(shop, good),
        a_row(shop, other, 200),
        a_row(shop, a_code(), categories=["none"]),
    ]

    report = await take_in(shop, "products", *rows)

    assert counts(report) == (2, 1, 1)
    assert errors(report) == [
        (3, f"/product/prices/{shop.site}/currency", "CURRENCY_MISMATCH"),
        (3, "/product/prices/nowhere", "UNKNOWN_SITE"),
        (4, "/product/name", "TOO_SHORT"),
        (5, "/product", "WRONG_TYPE"),
        (6, "/product", "FIELD_REQUIRED"),
        (6, "/produce", "UNKNOWN_FIELD"),
        (7, "/product/prices", "BELONGS_TO_VARIANT"),
        (11, "/product/categories", "UNKNOWN_CATEGORY"),
    ]
    assert (await shop.api.get(f"/products/{other}"))["prices"] == {shop.site: pounds(200)}
    listed = await shop.api.get(f"/products?site={shop.site}")
    assert {item["code"] for item in listed["items"]} == {good, other}


async def test_a_dry_run_says_the_same_and_changes_nothing(shop: Shop, catalog: Catalog) -> None:
    """OB-1."""
    old, new, other = await shop.product(100), a_code(), a_code()
    rows = [a_row(shop, old, 200), a_row(shop, new), a_row(shop, new), a_row(shop, other, -1)]

    dry = await take_in(shop, "products", *rows, dry_run=True)

    assert (await shop.api.get(f"/products/{old}"))["prices"] == {shop.site: pounds(100)}
    assert (await shop.api.call("GET", f"/products/{new}")).status_code == 404
    wet = await take_in(shop, "products", *rows)
    assert dry == wet
    assert counts(wet) == (1, 1, 1)
    prices = [{"sku": new, "site": shop.site, "price": pounds(5)}]
    assert counts(await take_in(shop, "prices", *prices, dry_run=True)) == (0, 1, 0)
    assert (await shop.api.get(f"/products/{new}"))["prices"] == {shop.site: pounds(100)}


async def test_what_a_row_does_not_say_stays(shop: Shop, catalog: Catalog) -> None:
    """OB-1: and so do prices and visibility of sites that the file does not speak of."""
    other = await a_shop(shop.api, catalog)
    code = a_code()
    text = {"label": "Name", "max_length": 9, "required": False}
    prices = {shop.site: pounds(1), other.site: pounds(2)}
    seen = {shop.site: {"visible": True, "levels": ["trade"]}}
    more = {"description": "Oak", "barcodes": ["123"], "weight_grams": 7, "tracked": False}
    await shop.put(
        f"/products/{code}",
        name="Chair",
        prices=prices,
        customisation=text,
        visibility=seen,
        **more,
    )
    before = await shop.api.get(f"/products/{code}")

    row = {"product": {"code": code, "name": "Stool"}}
    assert counts(await take_in(shop, "products", row, sites=list[str]())) == (0, 1, 0)
    after = await shop.api.get(f"/products/{code}")
    assert after == {**before, "name": "Stool", "version": 2}
    assert counts(await take_in(shop, "products", row)) == (0, 0, 1)

    row = {"product": {"code": code, "name": "Stool", "prices": {shop.site: pounds(9)}}}
    await take_in(shop, "products", row, sites=[shop.site])
    after = await shop.api.get(f"/products/{code}")
    assert after["prices"] == {shop.site: pounds(9), other.site: pounds(2)}
    assert after["visibility"] == seen
    body = {"rows": [{"line": 1, **row}], "sites": ["nowhere"]}
    refused = await shop.api.call("POST", "/imports/products", body, Idempotency_Key="k")
    problem(refused, 422, "UNKNOWN_SITE", "/sites/0")


async def test_variants_that_are_not_said_stay_and_said_ones_are_completed(shop: Shop) -> None:
    """CP-2, OB-1."""
    code, small, large = a_code(), a_code(), a_code()
    options = [{"name": "Size", "values": ["S", "L"]}]
    variants: list[dict[str, Any]] = [
        {"sku": small, "options": {"Size": "S"}, "prices": {shop.site: pounds(1)}},
        {"sku": large, "options": {"Size": "L"}, "barcodes": ["123"]},
    ]
    product = {"code": code, "name": "Shirt", "options": options, "variants": variants}
    assert counts(await take_in(shop, "products", {"product": product})) == (1, 0, 0)
    before = await shop.api.get(f"/products/{code}")

    only_name = {"product": {"code": code, "name": "Blouse"}}
    await take_in(shop, "products", only_name)
    assert (await shop.api.get(f"/products/{code}"))["variants"] == before["variants"]
    bare = [{"sku": v["sku"], "options": v["options"]} for v in variants]
    row = {"product": {"code": code, "name": "Blouse", "variants": bare}}
    assert counts(await take_in(shop, "products", row)) == (0, 0, 1)
    taken = {"product": {**product, "code": a_code()}}
    assert errors(await take_in(shop, "products", taken)) == [
        (2, "/product/variants/0/sku", "SKU_TAKEN"),
        (2, "/product/variants/1/sku", "SKU_TAKEN"),
    ]


async def test_options_may_be_said_without_variants(shop: Shop) -> None:
    """CP-2: those that are there are judged by them; a new product must have some."""
    known, new, bare = a_code(), a_code(), a_code()
    sizes = [{"name": "Size", "values": ["S", "M"]}]
    small = {"sku": f"{known}-S", "options": {"Size": "S"}, "prices": {shop.site: pounds(1)}}
    product = {"name": "Tee", "options": sizes}
    await shop.api.put(f"/products/{known}", {**product, "variants": [small]})
    wider = [{"name": "Size", "values": ["S", "M", "L"]}]

    report = await take_in(
        shop,
        "products",
        {"product": {"code": known, "name": "Tee", "options": wider}},
        {"product": {"code": known, "name": "Tee", "options": [{"name": "Hue", "values": ["S"]}]}},
        {"product": {"code": known, **product, "variants": []}},
        {"product": {"code": new, **product}},
        a_row(shop, bare),
    )

    assert counts(report) == (1, 1, 0)
    assert {(line, code) for line, _, code in errors(report)} == {
        (3, "OPTIONS_MISSING"),
        (3, "UNKNOWN_OPTION"),
        (4, "VARIANTS_MISSING"),
        (5, "VARIANTS_MISSING"),
    }
    found = await shop.api.get(f"/products/{known}")
    assert found["options"] == wider
    assert found["variants"][0]["prices"] == {shop.site: pounds(1)}


async def test_prices_of_sites_and_lists_are_set_by_row(shop: Shop) -> None:
    """CP-4, OB-1."""
    chair, lamp = await shop.product(100), await shop.product(100)
    list_ = await shop.price_list((lamp, 1, 50))
    row = {"sku": chair, "price": pounds(90)}
    rows: list[dict[str, Any]] = [
        {**row, "site": shop.site},
        {**row, "site": shop.site},
        {**row, "price_list": list_, "min_units": 10, "no_discounts": True},
        {"sku": lamp, "price": pounds(40), "price_list": list_},
        {"sku": "none", "price": pounds(40), "price_list": list_},
        {"sku": "none", "price": {"minor": 1, "currency": "EUR"}, "site": shop.site},
        {**row, "price_list": "none"},
        {**row, "site": shop.site, "min_units": 2, "no_discounts": True},
        row,
        {**row, "price": pounds(-1), "site": shop.site},
    ]

    report = await take_in(shop, "prices", *rows)

    assert counts(report) == (1, 2, 1)
    assert errors(report) == [
        (6, "/sku", "UNKNOWN_PRODUCT"),
        (7, "/sku", "UNKNOWN_PRODUCT"),
        (7, "/price/currency", "CURRENCY_MISMATCH"),
        (8, "/price_list", "UNKNOWN_PRICE_LIST"),
        (9, "/min_units", "BELONGS_TO_PRICE_LIST"),
        (9, "/no_discounts", "BELONGS_TO_PRICE_LIST"),
        (10, "", "SITE_OR_PRICE_LIST"),
        (11, "/price", "AMOUNT_OUT_OF_RANGE"),
    ]
    told = await shop.quote((chair, 10), (lamp, 1), price_list=list_)
    assert [line["unit_price"]["minor"] for line in told["lines"]] == [90, 40]
    assert told["lines"][0]["discountable"] is False
    assert (await take_in(shop, "prices", *rows[:4]))["unchanged"] == 4


async def test_staff_import_for_their_sites_only(shop: Shop, catalog: Catalog) -> None:
    """SC-1."""
    other = await a_shop(shop.api, catalog)
    theirs, list_ = await other.product(), await other.price_list()
    staff = shop.api.staff(shop.site_id)

    report = await take_in(shop, "products", a_row(shop, theirs), a_row(other, a_code()), api=staff)
    assert errors(report) == [
        (2, "/product/code", "NOT_FOUND"),
        (3, f"/product/prices/{other.site}", "UNKNOWN_SITE"),
    ]
    shared = await shop.product(prices={shop.site: pounds(1), other.site: pounds(2)})
    renamed = {"product": {"code": shared, "name": "Mine"}}
    assert errors(await take_in(shop, "products", renamed, api=staff)) == [
        (2, "/product/code", "PRODUCT_SHARED")
    ]
    price = {"sku": theirs, "price": pounds(1)}
    rows = ({**price, "site": other.site}, {**price, "price_list": list_})
    report = await take_in(shop, "prices", *rows, api=staff)
    assert errors(report) == [
        (2, "/sku", "UNKNOWN_PRODUCT"),
        (2, "/site", "UNKNOWN_SITE"),
        (3, "/price_list", "UNKNOWN_PRICE_LIST"),
    ]


async def test_five_hundred_products_are_taken_in_at_once(shop: Shop) -> None:
    """OB-1: in few statements; sent again under the same key they are not done twice."""
    rows = [a_row(shop, a_code()) for _ in range(500)]
    body = {"rows": [{"line": n, **row} for n, row in enumerate(rows)]}
    first = await shop.api.call("POST", "/imports/products", body, Idempotency_Key="many")
    again = await shop.api.call("POST", "/imports/products", body, Idempotency_Key="many")

    assert counts(first.json()) == (500, 0, 0)
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert counts(await take_in(shop, "products", *rows)) == (0, 0, 500)
    body["rows"].append({"line": 501, **rows[0]})
    too_many = await shop.api.call("POST", "/imports/products", body, Idempotency_Key="more")
    problem(too_many, 422, "INVALID_REQUEST", "/rows")


async def test_a_row_that_the_database_cannot_take_stops_no_other(
    shop: Shop, catalog: Catalog
) -> None:
    """OB-1, EV-4: products, prices of sites and entries of price lists alike."""
    codes = [a_code() for _ in range(4)]
    bad, lists = codes[1], await shop.price_list()
    made = [a_row(shop, code) for code in codes]
    async with refusing_rows(
        catalog.sessions, "product", f"NEW.code = '{bad}' AND NEW.version > 0"
    ):
        report = await take_in(shop, "products", *made)
    assert (counts(report), errors(report)) == ((3, 0, 0), [(3, "", "INTERNAL")])
    assert (await shop.api.call("GET", f"/products/{bad}")).status_code == 404
    assert counts(await take_in(shop, "products", *made)) == (1, 0, 3)

    dearer = [{"sku": code, "site": shop.site, "price": pounds(300)} for code in codes]
    async with refusing_rows(catalog.sessions, "product_price", f"NEW.sku = '{bad}'"):
        report = await take_in(shop, "prices", *dearer)
    assert (counts(report), errors(report)) == ((0, 3, 0), [(3, "", "INTERNAL")])
    assert counts(await take_in(shop, "prices", *dearer)) == (0, 1, 3)

    entries = [{"sku": code, "price_list": lists, "price": pounds(200)} for code in codes]
    async with refusing_rows(catalog.sessions, "price_list_entry", f"NEW.sku = '{bad}'"):
        report = await take_in(shop, "prices", *entries)
    assert (counts(report), errors(report)) == ((3, 0, 0), [(3, "", "INTERNAL")])
    assert counts(await take_in(shop, "prices", *entries)) == (1, 0, 3)


async def test_the_values_of_an_option_stay_in_their_order(shop: Shop) -> None:
    """OB-1, CP-2: what was exported changes nothing; rows tell only of values that they use."""
    code = a_code()

    def row(*sizes: str) -> dict[str, Any]:
        variants = [{"sku": f"{code}-{size}", "options": {"Size": size}} for size in sizes]
        options = [{"name": "Size", "values": [*sizes]}]
        return {"product": {"code": code, "name": "Tee", "options": options, "variants": variants}}

    whole: dict[str, Any] = row("M", "S")["product"]
    whole["options"][0]["values"] = ["L", "S", "M"]
    whole.pop("code")
    await shop.api.put(f"/products/{code}", whole)
    assert counts(await take_in(shop, "products", row("M", "S"))) == (0, 0, 1)
    assert counts(await take_in(shop, "products", row("XL", "M"))) == (0, 1, 0)
    (size,) = (await shop.api.get(f"/products/{code}"))["options"]
    assert size["values"] == ["L", "M", "XL"]
