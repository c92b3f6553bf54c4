"""The API does what it says of itself, whatever is sent: Schemathesis makes the requests.

Each operation is asked three times: with what its description allows, with what it forbids, and
with what it allows put into a request about things that are there. All of Schemathesis's checks
hold but one: what fits the description may be refused, for rules that no schema can tell (a phone
number of no country). Instead every refusal must explain itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast
from uuid import uuid4

import httpx2
import pytest
import schemathesis
from customers.api.entries import AddressBody, CustomerBody
from customers.api.sites import SiteBody
from customers.main import SERVICE
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode

from services.customers.tests.api import (
    ALL,
    a_customer_body,
    a_site_body,
    an_address_body,
)
from tests.described import Case, Schema, ask, openapi, operations_of, served
from tests.tokens import a_token

OURS = {"Authorization": f"Bearer {a_token(None, ALL)}"}
"""Given with each request; it asks without it, and with a wrong one, besides."""
BASE = "/api/customers/v1"
OPERATIONS = operations_of(SERVICE)


FIELDS = sorted(
    {*CustomerBody.model_fields, *AddressBody.model_fields, *SiteBody.model_fields}
    - {"site", "customer_set"}
)


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
    with served(SERVICE, customers_database) as at:
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


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_answer_is_described_and_every_refusal_explained(
    described: Schema, path: str, method: str, mode: GenerationMode
) -> None:
    """Bad input: never a 500, whether the request fits the description or not."""
    ask(described[path][method].as_strategy(generation_mode=mode), OURS)


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
        OURS,
        openapi.negative_data_rejection,
    )
