"""The API does what it says of itself, whatever is sent: Schemathesis makes the requests.

Each operation is asked three times: with what its description allows, with what it forbids, and
with what it allows put into a request about things that are there. All of Schemathesis's checks
hold, but what fits the description may be refused, for rules that no schema can tell (a price in
another currency than its site's): instead every refusal must explain itself. And what does not fit
is taken where it is said to be: a bad row of an import, which stands in the report.
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast
from uuid import uuid4

import httpx2
import pytest
import schemathesis
from catalog.main import SERVICE
from chassis.database import create_engine, sessions
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode

from services.catalog.tests.api import ALL
from services.catalog.tests.driving import Catalog
from services.catalog.tests.levels import KnownLevels
from services.catalog.tests.shop import a_code, pounds
from tests.described import Case, Schema, ask, openapi, operations_of, served
from tests.tokens import a_token

OURS = {"Authorization": f"Bearer {a_token(None, ALL)}"}
"""Given with each request; it asks without it, and with a wrong one, besides."""
BASE = "/api/catalog/v1"


OPERATIONS = operations_of(SERVICE)


@dataclass(frozen=True)
class Known:
    """Things that are there.

    Attributes:
        names: What each path's parameters name, by the first part of the path.
        bodies: Requests that are accepted, by path.
        query: Parameters that name things which are there.
    """

    names: dict[str, dict[str, str]]
    bodies: dict[str, dict[str, Any]]
    query: dict[str, str]

    def put_into(self, case: Case, kept: frozenset[str]) -> None:
        """Have a request be about them; of its body stay the fields that are kept."""
        path: str = case.operation.path.removeprefix(BASE)
        named = self.names.get(path.split("/")[1], {})
        case.path_parameters = {**case.path_parameters, **named}
        case.query = {**case.query, **{n: self.query[n] for n in case.query.keys() & self.query}}
        template = self.bodies.get(path)
        if template is not None and isinstance(case.body, dict):
            body = cast("dict[str, Any]", case.body)
            case.body = template | {name: body[name] for name in body.keys() & kept}


@pytest.fixture(scope="module")
def address(catalog_database: str) -> Iterator[str]:
    with served(SERVICE, catalog_database, asker=KnownLevels()) as at:
        yield at


@pytest.fixture(scope="module")
def described(address: str) -> Schema:
    return schemathesis.openapi.from_url(f"{address}{BASE}/openapi.json")


async def _a_site(database_url: str) -> str:
    engine, code = create_engine(database_url), a_code()
    try:
        await Catalog(sessions(engine)).site(code)
    finally:
        await engine.dispose()
    return code


@pytest.fixture(scope="module")
def known(address: str, catalog_database: str) -> Known:
    site = asyncio.run(_a_site(catalog_database))
    chair, place, list_, sale = a_code(), a_code(), a_code(), a_code()
    product = {"name": "Chair", "prices": {site: pounds(100)}}
    entries = {"entries": [{"sku": chair, "price": pounds(90)}]}
    price_list = {"site": site, "name": "List", "currency": "GBP"}
    terms = {"name": "Sale", "kind": "percent", "basis_points": 1000}
    promotion = {**terms, "sites": [site]}
    voucher = {"site": site, "terms": terms}
    adjustment = {"location": place, "reason": "count", "lines": [{"sku": chair, "change": 5}]}
    bodies: dict[str, dict[str, Any]] = {
        "/products/{code}": product,
        "/categories/{code}": {"name": "Furniture"},
        "/locations/{code}": {"name": "Warehouse", "sites": [site]},
        "/price-lists/{code}": price_list,
        "/price-lists/{code}/entries": entries,
        "/promotions/{code}": promotion,
        "/vouchers": voucher,
        "/stock-adjustments": adjustment,
        "/quotes": {"site": site, "lines": [{"line_id": 1, "sku": chair, "units": 1}]},
        "/imports/products": {"rows": [{"line": 1, "product": {"code": chair, **product}}]},
        "/imports/prices": {
            "rows": [{"line": 1, "sku": chair, "site": site, "price": pounds(100)}]
        },
    }
    with httpx2.Client(base_url=f"{address}{BASE}") as client:
        client.headers.update(OURS)
        puts = {"products": chair, "locations": place, "price-lists": list_, "promotions": sale}
        for what, code in puts.items():
            client.put(f"/{what}/{code}", json=bodies[f"/{what}/{{code}}"]).raise_for_status()
        client.put(f"/price-lists/{list_}/entries", json=entries).raise_for_status()
        keyed = {"Idempotency-Key": uuid4().hex}
        client.post("/stock-adjustments", json=adjustment, headers=keyed).raise_for_status()
        made = client.post("/vouchers", json=voucher, headers={"Idempotency-Key": uuid4().hex})
        coupon = made.raise_for_status().json()["code"]
    names = {what: {"code": code} for what, code in puts.items()}
    names["products"] |= {"sku": chair}
    names["variants"] = {"sku": chair}
    names["vouchers"] = {"code": coupon}
    names["price-lists"] |= {"sku": chair}
    names["sites"] = {"code": site, "sku": chair}
    names["stock"] = {"location": place, "sku": chair}
    query = {"site": site, "location": place, "price_list": list_}
    return Known(names, bodies, query)


def _ask(cases: st.SearchStrategy[Case], *excluded: Callable[..., Any]) -> None:
    ask(cases, OURS, *excluded, examples=4, lenient=_takes_what_does_not_fit)


def _takes_what_does_not_fit(case: Case) -> bool:
    """Tell of a bad row of an import."""
    return "/imports/" in case.operation.path


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_answer_is_described_and_every_refusal_explained(
    described: Schema, path: str, method: str, mode: GenerationMode
) -> None:
    """Bad input: never a 500, whether the request fits the description or not."""
    _ask(described[path][method].as_strategy(generation_mode=mode))


@pytest.mark.parametrize(("path", "method"), [each for each in OPERATIONS if each[1] != "DELETE"])
def test_so_it_is_of_things_that_are_there(
    described: Schema, known: Known, path: str, method: str
) -> None:
    """Bad input, as deep as it gets."""
    fields = sorted({"lines", *known.bodies.get(path.removeprefix(BASE), {}), *FIELDS})

    def about(case: Case, kept: frozenset[str]) -> Case:
        known.put_into(case, kept)
        return case

    cases = described[path][method].as_strategy(generation_mode=GenerationMode.POSITIVE)
    _ask(
        st.builds(about, cases, st.frozensets(st.sampled_from(fields), max_size=4)),
        openapi.negative_data_rejection,
    )


FIELDS = (
    "name",
    "description",
    "options",
    "customisation",
    "categories",
    "visibility",
    "variants",
    "barcodes",
    "level",
    "valid_from",
    "valid_until",
    "exclusive",
    "minimum",
    "products",
    "priority",
    "limit_total",
    "coupons",
    "rows",
    "sites",
)
