"""A submitted order is revised and then cancelled on the whole running system."""

from pathlib import Path
from typing import Any

import pytest

from tests.system.running import System, wait_for

pytestmark = [pytest.mark.timeout(300)]


def test_a_revision_and_a_cancel_leave_stock_and_money_as_they_were(tmp_path: Path) -> None:
    """SU-11, PA-9: fewer goods and the difference back, then everything."""
    system = System(tmp_path / "data").start()
    try:
        client = system.client()
        stock = "/api/catalog/v1/products/MUG-01/stock"
        before = client.get(stock, site="uk")
        lines = [{"sku": "MUG-01", "units": 2}]
        order = client.order(lines=lines, payments=[{"method": "card", "token": "tok_ok"}])
        assert client.settled(order["id"])["state"] == "submitted"
        path = f"/api/orders/v1/orders/{order['id']}"
        paid = f"/api/payments/v1/orders/{order['id']}/balance"
        wait_for(lambda: client.get(paid)["due"] == {"minor": 0, "currency": "GBP"})
        total = client.get(path)["totals"]["total"]["minor"]

        body: dict[str, Any] = {"lines": [{"line_id": 1, "units": 1}]}
        keyed = {"Idempotency-Key": "one less"}

        def taken() -> bool:
            answer = client.http.post(f"{path}/revision", json=body, headers=keyed)
            assert answer.status_code in {202, 409}, answer.text
            return answer.status_code == 202

        wait_for(taken)  # the submission has to come to its end first
        wait_for(lambda: client.get(f"{path}/revision")["state"] == "applied")
        revised = client.get(path)["totals"]["total"]["minor"]
        assert revised < total
        wait_for(lambda: client.get(paid)["paid"]["minor"] == revised)

        preview = client.get(f"{path}/cancellation/preview")
        assert [one["to_refund"]["minor"] for one in preview["payments"]] == [revised]
        assert client.http.post(f"{path}/cancellation").status_code == 202
        wait_for(lambda: client.get(path)["cancellation"]["done"])
        assert client.get(paid)["paid"]["minor"] == 0
        assert _available(client.get(stock, site="uk")) == _available(before)
    finally:
        system.stop()


def _available(stock: Any) -> object:  # noqa: ANN401 - JSON
    return stock["available"]
