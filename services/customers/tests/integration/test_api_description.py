"""The API does what it says of itself, whatever is sent: Schemathesis makes the requests.

Each operation is asked three times: with what its description allows, with what it forbids, and
with what it allows put into a request about things that are there. All of Schemathesis's checks
hold but one: what fits the description may be refused, for rules that no schema can tell (a phone
number of no country). Instead every refusal must explain itself.
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
from chassis.service import build_api, open_runtime
from chassis.serving import listen, serving
from chassis.tokens import StaticKeys, Tokens
from customers.api.entries import AddressBody, CustomerBody
from customers.api.sites import SiteBody
from customers.main import SERVICE
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from joserfc.jwk import KeySet
from messaging.embedded import EmbeddedHub, EmbeddedTransport
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

from services.customers.tests.api import (
    ALL,
    KEY,
    a_customer_body,
    a_site_body,
    a_token,
    an_address_body,
)

# Schemathesis does not say what its types are made of.
Schema: TypeAlias = Any
Case: TypeAlias = Any
Answer: TypeAlias = Any
openapi: Any = checks
OURS = {"Authorization": f"Bearer {a_token(None, ALL)}"}
"""Given with each request; it asks without it, and with a wrong one, besides."""
BASE = "/api/customers/v1"
OPERATIONS = sorted(
    (route.path, method)
    for router in SERVICE.routers
    for route in router.routes
    if isinstance(route, APIRoute)
    for method in route.methods or ()
)


FIELDS = sorted(
    {*CustomerBody.model_fields, *AddressBody.model_fields, *SiteBody.model_fields}
    - {"site", "customer_set"}
)


@contextmanager
def served(database_url: str) -> Generator[str]:
    """Serve the API from a thread of its own; gives its address."""
    started, ended = threading.Event(), threading.Event()
    listening = listen("127.0.0.1", 0)

    async def serve() -> None:
        options = SERVICE.settings.of("customers", database_url=database_url)
        transport = EmbeddedTransport(EmbeddedHub([]), "customers")
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
    """Things that are there: what the path names, and a request that is accepted."""

    names: dict[str, str]
    bodies: dict[str, dict[str, Any]]

    def put_into(self, case: Case, kept: frozenset[str]) -> None:
        """Have a request be about them; of its body stay the fields that are kept."""
        named = dict(self.names)
        if "/customer-sets/" in case.operation.path:
            named["code"] = named["set"]
        case.path_parameters = {name: named[name] for name in case.path_parameters}
        template = self.bodies.get(case.operation.path.removeprefix(BASE))
        if template is not None and isinstance(case.body, dict):
            body = cast("dict[str, Any]", case.body)
            case.body = template | {name: body[name] for name in body.keys() & kept}


@pytest.fixture(scope="module")
def address(customers_database: str) -> Iterator[str]:
    with served(customers_database) as at:
        yield at


@pytest.fixture(scope="module")
def described(address: str) -> Schema:
    return schemathesis.openapi.from_url(f"{address}{BASE}/openapi.json")


@pytest.fixture(scope="module")
def known(address: str) -> Known:
    of_set, site = f"set-{uuid4().hex}", f"site-{uuid4().hex}"
    with httpx2.Client(base_url=f"{address}{BASE}") as client:
        client.headers.update(OURS)
        body = a_site_body(of_set, storefront_url="https://shop.example")
        client.put(f"/customer-sets/{of_set}", json={"name": "Retail"})
        client.put(f"/customer-sets/{of_set}/levels/trade", json={"name": "Trade"})
        client.put(f"/sites/{site}", json=body)
        new = a_customer_body(site, email="ann@example.com")
        made = client.post("/customers", json=new, headers={"Idempotency-Key": uuid4().hex})
        ann = made.raise_for_status().json()
    names = {"set": of_set, "code": site, "level_code": "trade", "customer_id": ann["id"]}
    told = {"billing_address": an_address_body(), "shipping_address": an_address_body()}
    guest = {"site": site, "email": "x@y.test", "first_name": "Xi", "last_name": "Yo", **told}
    return Known(
        names | {"address_id": ann["addresses"][0]["id"]},
        {
            "/sites/{code}": body,
            "/customers": a_customer_body(site),
            "/customers/{customer_id}": {"first_name": "Anne"},
            "/customers/{customer_id}/addresses": an_address_body(),
            "/customers/{customer_id}/addresses/{address_id}": an_address_body(
                default_billing=True, default_shipping=True
            ),
            "/storefront-customers": guest,
        },
    )


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
        max_examples=6,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        phases=[Phase.generate],
    )
    def check(case: Case) -> None:
        left_out = [openapi.positive_data_acceptance, *excluded]
        case.call_and_validate(
            headers=OURS, additional_checks=[explained], excluded_checks=left_out
        )

    check()


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_answer_is_described_and_every_refusal_explained(
    described: Schema, path: str, method: str, mode: GenerationMode
) -> None:
    """Bad input: never a 500, whether the request fits the description or not."""
    ask(described[path][method].as_strategy(generation_mode=mode))


@pytest.mark.parametrize(
    ("path", "method"), [each for each in OPERATIONS if not each[0].endswith("/erasure")]
)
def test_so_it_is_of_things_that_are_there(
    described: Schema, known: Known, path: str, method: str
) -> None:
    """Bad input, as deep as it gets."""

    def about(case: Case, kept: frozenset[str]) -> Case:
        known.put_into(case, kept)
        return case

    cases = described[path][method].as_strategy(generation_mode=GenerationMode.POSITIVE)
    ask(
        st.builds(about, cases, st.frozensets(st.sampled_from(FIELDS))),
        openapi.negative_data_rejection,
    )
