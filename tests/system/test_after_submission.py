"""A submitted order is revised and then cancelled on the whole running system."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.system.running import Client, System, wait_for

pytestmark = [pytest.mark.timeout(300)]

PAYMENTS = "/api/payments/v1"


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    running = System(tmp_path_factory.mktemp("embedded") / "data").start()
    yield running
    running.stop()


def revise(client: Client, order: str, units: int) -> None:
    """Have other units of the first line, as soon as the order's last process has ended."""
    path = f"/api/orders/v1/orders/{order}"
    body: dict[str, Any] = {"lines": [{"line_id": 1, "units": units}]}
    keyed = {"Idempotency-Key": f"{order} {units}"}

    def taken() -> bool:
        answer = client.http.post(f"{path}/revision", json=body, headers=keyed)
        assert answer.status_code in {202, 409}, answer.text
        return answer.status_code == 202

    wait_for(taken)
    wait_for(lambda: client.get(f"{path}/revision")["state"] == "applied")


def test_a_revision_and_a_cancel_leave_stock_and_money_as_they_were(system: System) -> None:
    """SU-11, PA-9: fewer goods and the difference back, then everything."""
    client = system.client()
    stock = "/api/catalog/v1/products/MUG-01/stock"
    before = client.get(stock, site="uk")
    lines = [{"sku": "MUG-01", "units": 2}]
    order = client.order(lines=lines, payments=[{"method": "card", "token": "tok_ok"}])
    assert client.settled(order["id"])["state"] == "submitted"
    path = f"/api/orders/v1/orders/{order['id']}"
    paid = f"{PAYMENTS}/orders/{order['id']}/balance"
    wait_for(lambda: client.get(paid)["due"] == {"minor": 0, "currency": "GBP"})
    total = client.get(path)["totals"]["total"]["minor"]

    revise(client, order["id"], units=1)
    revised = client.get(path)["totals"]["total"]["minor"]
    assert revised < total
    wait_for(lambda: client.get(paid)["paid"]["minor"] == revised)

    preview = client.get(f"{path}/cancellation/preview")
    assert [one["to_refund"]["minor"] for one in preview["payments"]] == [revised]
    assert client.http.post(f"{path}/cancellation").status_code == 202
    wait_for(lambda: client.get(path)["cancellation"]["done"])
    assert client.get(paid)["paid"]["minor"] == 0
    assert _available(client.get(stock, site="uk")) == _available(before)


def test_a_purchase_order_that_is_revised_down_frees_its_limit(system: System) -> None:
    """SU-11, PA-3, PA-8: the customer may buy for the difference, and pays the lower amount."""
    client = system.client()
    customer = client.demo_customer()
    agreed = f"{PAYMENTS}/sites/uk/customers/{customer}/purchase-terms"
    client.put(agreed, {"net_days": 30, "limits": [{"minor": 10_000, "currency": "GBP"}]})
    order = client.order(payments=[{"method": "purchase-order", "terms": {"number": "PO-7"}}])
    assert client.settled(order["id"])["state"] == "submitted"

    def used() -> int:
        return client.get(agreed)["limits"][0]["open"]["minor"]

    path = f"/api/orders/v1/orders/{order['id']}"
    total = client.get(path)["totals"]["total"]["minor"]
    assert used() == total

    body = {"lines": [{"line_id": 1, "units": 1}]}
    preview = client.http.post(f"{path}/revision/preview", json=body).json()
    revise(client, order["id"], units=1)
    revised = client.get(path)["totals"]["total"]["minor"]
    assert preview["not_to_take"][0]["amount"]["minor"] == total - revised > 0
    wait_for(lambda: used() == revised)

    balance = f"{PAYMENTS}/orders/{order['id']}/balance"
    [payment] = client.get(f"{PAYMENTS}/payments", order_id=order["id"])["items"]
    client.post(f"{PAYMENTS}/payments/{payment['id']}/receipts", {})
    found = client.get(balance)
    assert (found["paid"]["minor"], found["expected"]["minor"]) == (revised, 0)
    assert (found["due"]["minor"], used()) == (0, 0)


def _available(stock: Any) -> object:  # noqa: ANN401 - JSON
    return stock["available"]
