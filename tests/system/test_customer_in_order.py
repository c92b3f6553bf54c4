"""A customer who is made while their order is taken."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.system.running import Client, Json, System

pytestmark = [pytest.mark.timeout(300), pytest.mark.postgres]

CUSTOMERS, ORDERS = "/api/customers/v1/customers", "/api/orders/v1/orders"
HOME: Json = {
    "name": "Grace Hopper",
    "lines": ["1 Harbour Road"],
    "city": "Bristol",
    "postal_code": "BS1 5TY",
    "country": "GB",
}
GRACE: Json = {
    "site": "uk",
    "first_name": "Grace",
    "last_name": "Hopper",
    "phones": [{"kind": "mobile", "number": "07700 900123"}],
    "addresses": [{**HOME, "default_billing": True, "default_shipping": True}],
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    running = System(tmp_path_factory.mktemp("embedded") / "data").start()
    yield running.client()
    running.stop()


def test_a_customer_just_made_is_bound_to_the_order_at_once(client: Client) -> None:
    """CU-5, CS-7, FU-5: no waiting for any event; the addresses are there."""
    draft = client.post(ORDERS, {"site": "uk", "lines": [{"sku": "MUG-01", "units": 1}]})

    made = client.post(CUSTOMERS, GRACE)
    order = client.put(f"{ORDERS}/{draft['id']}/customer", {"customer_id": made["id"]})

    assert order["customer"]["name"] == "Grace Hopper"
    assert order["shipping_address"]["city"] == order["billing_address"]["city"] == "Bristol"
    client.put(f"{ORDERS}/{draft['id']}/shipping", {"cost": {"minor": 0, "currency": "GBP"}})
    client.post(f"{ORDERS}/{draft['id']}/submission", {})
    assert client.settled(draft["id"])["state"] == "submitted"


def test_a_new_customer_without_address_is_refused_with_the_field(client: Client) -> None:
    """FU-6, CU-3: the address step is mandatory, and told together with all else."""
    nothing: list[Json] = []
    bare = {**GRACE, "addresses": nothing, "phones": nothing}
    headers = {"Idempotency-Key": str(uuid4())}
    refused = client.http.post(CUSTOMERS, json=bare, headers=headers)

    assert refused.status_code == 422
    pointers = {error["pointer"] for error in refused.json()["errors"]}
    assert pointers == {"/addresses", "/phones"}


def test_staff_notes_are_kept_from_what_is_told_to_the_customer(client: Client) -> None:
    """GI-3: both are stored with the order; the summary reads out the customer's only."""
    order = client.order(submit=False, customer_note="ring twice", staff_note="difficult caller")

    kept = client.get(f"{ORDERS}/{order['id']}")
    assert (kept["customer_note"], kept["staff_note"]) == ("ring twice", "difficult caller")
    told = client.http.get(f"{ORDERS}/{order['id']}/summary").text
    assert "ring twice" in told
    assert "difficult caller" not in told
