"""Orders are paid with a gift card and with a customer's credit on the whole running system."""

from collections.abc import Iterator

import pytest

from tests.system.running import Client, Json, System, wait_for

pytestmark = [pytest.mark.timeout(300), pytest.mark.postgres]

PAYMENTS = "/api/payments/v1"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    running = System(tmp_path_factory.mktemp("embedded") / "data").start()
    yield running.client()
    running.stop()


def pounds(minor: int) -> Json:
    return {"minor": minor, "currency": "GBP"}


def test_a_gift_card_pays_as_far_as_it_goes(client: Client) -> None:
    """PA-3, PA-8: the card by its code, the rest by bank transfer."""
    issued = {"amount": pounds(500), "reason": "a present"}
    code = client.post(f"{PAYMENTS}/sites/uk/gift-cards", issued)["code"]
    gift = {"method": "gift-card", "token": code, "amount": pounds(500)}

    order = client.order(payments=[gift, {"method": "bank-transfer"}])

    assert client.settled(order["id"])["state"] == "submitted"

    def left() -> bool:
        found = client.http.post(f"{PAYMENTS}/gift-cards/balance", json={"code": code}).json()
        return found["balance"] == pounds(0)

    wait_for(left)
    assert code not in str(client.get(f"/api/orders/v1/orders/{order['id']}"))
    again = client.settled(client.order(payments=[gift, {"method": "bank-transfer"}])["id"])
    assert [one["code"] for one in again["refusals"]] == ["PAYMENT_DECLINED"]


def test_a_customers_credit_pays_their_order(client: Client) -> None:
    """PA-3: without a token, for it is known whose it is; nobody else's order."""
    customer = client.demo_customer()
    path = f"{PAYMENTS}/sites/uk/customers/{customer}/credit"
    client.post(path, {"amount": pounds(300), "reason": "goodwill"})
    credit = {"method": "store-credit", "amount": pounds(300)}

    order = client.order(payments=[credit, {"method": "bank-transfer"}])

    assert client.settled(order["id"])["state"] == "submitted"
    wait_for(lambda: client.get(path)["balance"] == pounds(0))
