"""Every operation of every service, tried by who works elsewhere and by who may do nothing."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from uuid import UUID, uuid4

import httpx2
import pytest
from tradecounter.issuer.keys import signing_key
from tradecounter.issuer.staff import ADMIN, Staff
from tradecounter.issuer.tokens import token_for

from tests.system.described import Operation, operations
from tests.system.running import Client, System

pytestmark = [pytest.mark.timeout(300)]

PUBLIC = ("/storefront/orders/", "/webhooks/", "/invitations/acceptance", "/v1/asyncapi")
"""Let in by a secret of their own, or open to all."""


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    running = System(tmp_path_factory.mktemp("embedded") / "data").start()
    yield running
    running.stop()


def staff(system: System, *permissions: str, site: str | None = None) -> Client:
    sites = None if site is None else (UUID(site),)
    token = token_for(Staff("clerk", permissions, sites), signing_key(Path(system.directory)))
    client = Client(system.url, token)
    system.clients.append(client)
    return client


def answered(client: Client, operation: Operation, known: Mapping[str, str]) -> tuple[int, str]:
    """Ask with a body as small as can be; gives status and code."""
    body = None if operation.body is None else operation.example(operation.body)
    answer: httpx2.Response = client.http.request(
        operation.method,
        operation.to(**known),
        json=body,
        headers={"Idempotency-Key": str(uuid4())},
    )
    return answer.status_code, "" if answer.is_success else answer.json()["code"]


def test_what_belongs_to_another_site_is_as_if_it_were_not_there(system: System) -> None:
    """SC-1: by the ids of its orders, carts, payments and customers, in whatever is asked."""
    admin = system.client()
    foreign = _things_of_the_trade_site(admin)
    uk = admin.get("/api/customers/v1/sites/uk")["id"]
    clerk = staff(system, *ADMIN, site=uk)
    told = 0
    for operation in operations(system.url):
        if not foreign.keys() & set(operation.names) or "/sites/" in operation.path:
            continue
        found = answered(clerk, operation, {**foreign, "line_id": "1", "payment_no": "1"})
        unknown = answered(clerk, operation, {"line_id": "1", "payment_no": "1"})
        assert found == unknown, operation
        assert found[0] in {404, 422}, operation
        told += found[0] == 404
    assert told > 40, "the others are refused for what they hold"
    for operation in operations(system.url):
        if operation.method == "GET" and not operation.names and "/asyncapi" not in operation.path:
            said = clerk.http.get(operation.path).text
            assert not [one for one in foreign.values() if one in said], operation


def _things_of_the_trade_site(admin: Client) -> dict[str, str]:
    found = admin.get("/api/customers/v1/customers", site="trade", q="grace")["items"]
    customer = found[0]["id"]
    addresses = admin.get(f"/api/customers/v1/customers/{customer}")["addresses"]
    order = admin.order(site="trade", customer_id=customer, payments=[{"method": "check"}])
    assert admin.settled(order["id"])["state"] == "submitted"
    paid = admin.get("/api/payments/v1/payments", order_id=order["id"])["items"]
    cart = {
        "site": "trade",
        "reference": "a cart",
        "customer_id": customer,
        "lines": [{"sku": "MUG-01", "units": 1}],
        "abandoned_at": "2026-11-20T00:00:00Z",
    }
    return {
        "order_id": order["id"],
        "customer_id": customer,
        "address_id": addresses[0]["id"],
        "payment_id": paid[0]["id"],
        "cart_id": admin.post("/api/orders/v1/carts", cart)["id"],
    }


def test_every_operation_needs_a_permission_and_writing_more_than_reading(system: System) -> None:
    """SC-3."""
    nobody = staff(system)
    reader = staff(system, *(one for one in ADMIN if one.endswith(".read")))
    for operation in operations(system.url):
        if any(part in operation.path for part in PUBLIC):
            continue
        assert answered(nobody, operation, {}) == (403, "PERMISSION_DENIED"), operation
        looks = operation.method == "GET" or operation.path.endswith(("/quotes", "/balance"))
        if not looks:
            assert answered(reader, operation, {}) == (403, "PERMISSION_DENIED"), operation
        anybody = httpx2.request(operation.method, system.url + operation.to(), json={})
        assert anybody.status_code == 401, operation
