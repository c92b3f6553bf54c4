"""The API does what it says of itself, whatever is sent: Schemathesis makes the requests.

Each operation is asked three times: with what its description allows, with what it forbids, and
with what it allows put into a request about things that are there: a draft of its own for each
operation, as most of them change it. What fits the description may be refused, for rules that no
schema can tell; every refusal must explain itself. And what does not fit is taken where it is said
to be: a bad row of an import, which stands in the report.
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast
from uuid import uuid4

import httpx2
import pytest
import schemathesis
from hypothesis import strategies as st
from orders.main import SERVICE
from schemathesis.generation import GenerationMode

from services.orders.tests.driving import ALL, open_orders
from services.orders.tests.shop import Shop
from tests.described import Case, Schema, ask, openapi, operations_of, served
from tests.tokens import a_token

PERMISSIONS = (*ALL, "orders.backorder", "orders.take-over", "sites.write", "messages.operate")
OURS = {"Authorization": f"Bearer {a_token(None, PERMISSIONS, 'clerk')}"}
BASE = "/api/orders/v1"
OPERATIONS = operations_of(SERVICE)


@dataclass(frozen=True)
class Known:
    """Things that are there: a site that decided nothing yet, and a customer of it."""

    site: str
    customer_id: str

    @property
    def draft(self) -> dict[str, Any]:
        """Give a request that makes a draft which can be handed in."""
        return {
            "site": self.site,
            "customer_id": self.customer_id,
            "lines": [{"sku": "MUG", "units": 2}],
            "payments": [{"method": "check", "amount": {"minor": 100, "currency": "GBP"}}],
        }

    def body(self, path: str) -> dict[str, Any]:
        """Give a request that is accepted, by path; empty where any will do."""
        money = {"minor": 100, "currency": "GBP"}
        bodies: dict[str, dict[str, Any]] = {
            "/orders": self.draft,
            "/orders/{order_id}/customer": {"customer_id": self.customer_id},
            "/orders/{order_id}/lines": {"sku": "MUG", "units": 1},
            "/orders/{order_id}/payments": {"method": "check"},
            "/orders/{order_id}/shipping": {"cost": money},
            "/orders/{order_id}/adjustment": {"amount": money, "reason": "a regular"},
            "/orders/{order_id}/shipping/adjustment": {"amount": money, "reason": "a regular"},
            "/orders/{order_id}/site": {"site": self.site},
            "/carts": {"site": self.site, "customer_id": self.customer_id},
            "/imports/orders": {
                "rows": [{"line": 1, "order": {**self.draft, "external_reference": uuid4().hex}}]
            },
        }
        return bodies.get(path, {})


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop()


@pytest.fixture(scope="module")
def address(orders_database: str, shop: Shop) -> Iterator[str]:
    with served(SERVICE, orders_database, asker=shop) as at:
        yield at


@pytest.fixture(scope="module")
def described(address: str) -> Schema:
    return schemathesis.openapi.from_url(f"{address}{BASE}/openapi.json")


@pytest.fixture(scope="module")
def known(orders_database: str, shop: Shop) -> Known:
    async def tell() -> str:
        async with open_orders(orders_database) as orders:
            return (await orders.site()).code

    return Known(asyncio.run(tell()), shop.customer())


@pytest.fixture
def draft(address: str, known: Known) -> str:
    """Give the id of a draft of this test's own."""
    keyed = {**OURS, "Idempotency-Key": uuid4().hex}
    made = httpx2.post(f"{address}{BASE}/orders", json=known.draft, headers=keyed)
    return made.raise_for_status().json()["id"]


def _ask(cases: st.SearchStrategy[Case], *excluded: Callable[..., Any]) -> None:
    ask(cases, OURS, *excluded, examples=4, lenient=lambda case: "/imports/" in case.operation.path)


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_answer_is_described_and_every_refusal_explained(
    described: Schema, path: str, method: str, mode: GenerationMode
) -> None:
    """Bad input: never a 500, whether the request fits the description or not."""
    _ask(described[path][method].as_strategy(generation_mode=mode))


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_so_it_is_of_things_that_are_there(
    described: Schema, known: Known, draft: str, path: str, method: str
) -> None:
    """Bad input, as deep as it gets."""
    named = {"order_id": draft, "line_id": 1, "payment_no": 1, "code": known.site}
    accepted = known.body(path.removeprefix(BASE))

    def about(case: Case, kept: frozenset[str]) -> Case:
        there = {name: named[name] for name in case.path_parameters.keys() & named}
        case.path_parameters = {**case.path_parameters, **there}
        # A version or a key that is made up is refused before anything else is looked at.
        case.headers = {name: text for name, text in case.headers.items() if name != "If-Match"}
        if "Idempotency-Key" in case.headers:
            case.headers["Idempotency-Key"] = uuid4().hex
        if isinstance(case.body, dict):
            body = cast("dict[str, Any]", case.body)
            taken = kept | (body.keys() - accepted.keys())
            case.body = accepted | {name: body[name] for name in body.keys() & taken}
        return case

    cases = described[path][method].as_strategy(generation_mode=GenerationMode.POSITIVE)
    kept = st.frozensets(st.sampled_from(sorted(accepted) or ["anything"]), max_size=2)
    _ask(st.builds(about, cases, kept), openapi.negative_data_rejection)
