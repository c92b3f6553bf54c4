"""The API does what it says of itself, whatever is sent: Schemathesis makes the requests.

Each operation is asked three times: with what its description allows, with what it forbids, and
with what it allows put into a request about things that are there. All of Schemathesis's checks
hold, but what fits the description may be refused, for rules that no schema can tell (a price in
another currency than its site's): instead every refusal must explain itself. And what does not fit
is taken where it is said to be: a bad row of an import, which stands in the report, and a query
parameter that nobody knows, which is passed over.
"""

import asyncio
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias, cast
from uuid import uuid4

import httpx2
import pytest
import schemathesis
from catalog.main import SERVICE
from chassis.database import create_engine, sessions
from chassis.service import build_api, open_runtime
from chassis.serving import listen, serving
from chassis.tokens import StaticKeys, Tokens
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from joserfc.jwk import KeySet
from messaging.embedded import EmbeddedHub, EmbeddedTransport
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

from services.catalog.tests.api import ALL, KEY, a_token
from services.catalog.tests.driving import Catalog
from services.catalog.tests.shop import a_code, pounds

# Schemathesis does not say what its types are made of.
Schema: TypeAlias = Any
Case: TypeAlias = Any
Answer: TypeAlias = Any
openapi: Any = checks
OURS = {"Authorization": f"Bearer {a_token(None, ALL)}"}
"""Given with each request; it asks without it, and with a wrong one, besides."""
BASE = "/api/catalog/v1"


def _operations() -> list[tuple[str, str]]:
    app = FastAPI()
    for router in SERVICE.routers:
        app.include_router(router)
    paths: dict[str, dict[str, Any]] = app.openapi()["paths"]
    return sorted((path, method.upper()) for path, methods in paths.items() for method in methods)


OPERATIONS = _operations()


@contextmanager
def served(database_url: str) -> Generator[str]:
    """Serve the API from a thread of its own; gives its address."""
    started, ended = threading.Event(), threading.Event()
    listening = listen("127.0.0.1", 0)

    async def serve() -> None:
        options = SERVICE.settings.of("catalog", database_url=database_url)
        transport = EmbeddedTransport(EmbeddedHub([]), "catalog")
        async with open_runtime(SERVICE, options, transport) as runtime:
            app = build_api(SERVICE, runtime, Tokens(options.issuer, StaticKeys(KeySet([KEY]))))
            async with serving(app, listening, grace=1):
                started.set()
                await asyncio.to_thread(ended.wait)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    started.wait()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        ended.set()
        thread.join()


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
    with served(catalog_database) as at:
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


def explained(_context: object, response: Answer, _case: object) -> None:
    """Check that a refusal is a problem which names its reason, and every field at fault."""
    assert response.status_code < 500, response.text
    if response.status_code < 400:
        return
    document = response.json()
    assert response.headers["content-type"] == ["application/problem+json"]
    assert document["code"].isupper(), document
    assert document["detail"], document
    if document["code"] == "INVALID_REQUEST":
        assert document["errors"], document
    for error in document.get("errors", ()):
        assert error["code"], document
        assert error["detail"], document
        assert "pointer" in error or error["parameter"], document


def ask(cases: st.SearchStrategy[Case], *excluded: Callable[..., Any]) -> None:
    """Make some requests, and check every answer."""

    @given(case=cases)
    @settings(
        max_examples=4,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        phases=[Phase.generate],
    )
    def check(case: Case) -> None:
        left_out = [openapi.positive_data_acceptance, *excluded]
        if _takes_what_does_not_fit(case):
            left_out.append(openapi.negative_data_rejection)
        case.call_and_validate(
            headers=OURS, additional_checks=[explained], excluded_checks=left_out
        )

    check()


def _takes_what_does_not_fit(case: Case) -> bool:
    known = {parameter.name for parameter in case.operation.query}
    return "/imports/" in case.operation.path or not set(case.query or ()) <= known


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_answer_is_described_and_every_refusal_explained(
    described: Schema, path: str, method: str, mode: GenerationMode
) -> None:
    """Bad input: never a 500, whether the request fits the description or not."""
    ask(described[path][method].as_strategy(generation_mode=mode))


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
    ask(
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
