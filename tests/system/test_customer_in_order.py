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


def test_what_is_corrected_is_saved_before_the_customer_is_used(client: Client) -> None:
    """CU-6: shown for verification, corrected, confirmed; what is wrong changes nothing."""
    grace = client.post(CUSTOMERS, GRACE | {"email": "grace@example.com"})
    draft = client.post(ORDERS, {"site": "uk", "lines": [{"sku": "MUG-01", "units": 1}]})
    path = f"{CUSTOMERS}/{grace['id']}"
    shown = client.http.get(path)
    seen = {"If-Match": shown.headers["ETag"]}
    assert shown.json()["phones"] == [{"kind": "mobile", "number": "+447700900123"}]

    wrong = client.http.patch(path, json={"email": "grace@", "last_name": ""}, headers=seen)
    assert [error["pointer"] for error in wrong.json()["errors"]] == ["/last_name", "/email"]
    assert client.get(f"{ORDERS}/{draft['id']}")["customer"] is None

    right = {"last_name": "Murray", "email": "murray@example.com"}
    assert client.http.patch(path, json=right, headers=seen).is_success
    assert client.http.patch(path, json=right, headers=seen).status_code == 412
    order = client.put(f"{ORDERS}/{draft['id']}/customer", {"customer_id": grace["id"]})
    assert order["customer"]["name"] == "Grace Murray"
    assert order["buyer"]["email"] == "murray@example.com"


def test_a_customer_or_site_that_moves_stops_the_submission(client: Client) -> None:
    """CS-5, CS-2, CS-3: checked at search, at attach and at submission; staff may correct it."""
    mover = client.post(CUSTOMERS, GRACE | {"last_name": "Mover"})
    order = client.order(submit=False, customer_id=mover["id"], shipping=None)
    path = f"{ORDERS}/{order['id']}"
    moved = client.http.patch(f"{CUSTOMERS}/{mover['id']}", json={"customer_set": "trade"})
    assert moved.is_success, moved.text

    assert _refused(client, "POST", f"{path}/submission", {}) == "CUSTOMER_SET_MISMATCH"
    assert client.get(path)["customer"] == order["customer"]
    assert client.get(CUSTOMERS, site="uk", q="mover")["items"] == []
    other = client.post(ORDERS, {"site": "uk"})
    attach = {"customer_id": mover["id"]}
    code = _refused(client, "PUT", f"{ORDERS}/{other['id']}/customer", attach)
    assert code == "CUSTOMER_SET_MISMATCH"
    there = client.put(f"{path}/site", {"site": "trade", "accept": True})
    assert (there["customer_kept"], there["order"]["customer"]) == (True, order["customer"])
    client.post(f"{path}/submission", {})
    assert client.settled(order["id"])["state"] == "submitted"

    order = client.order(submit=False, shipping=None)
    path = f"{ORDERS}/{order['id']}"
    site = client.get("/api/customers/v1/sites/uk")
    terms = {name: it for name, it in site.items() if name not in {"id", "code", "version"}}
    client.put("/api/customers/v1/sites/uk", terms | {"customer_set": "trade"})
    try:
        assert _refused(client, "POST", f"{path}/submission", {}) == "CUSTOMER_SET_MISMATCH"
        assert client.get(path)["state"] == "draft"
        client.put(f"{path}/customer", {"customer_id": mover["id"]})
        client.post(f"{path}/submission", {})
        assert client.settled(order["id"])["state"] == "submitted"
    finally:
        client.put("/api/customers/v1/sites/uk", terms)


def _refused(client: Client, method: str, path: str, body: Json) -> str:
    headers = {"Idempotency-Key": str(uuid4())}
    answer = client.http.request(method, path, json=body, headers=headers)
    assert answer.status_code == 422, answer.text
    return answer.json()["code"]
