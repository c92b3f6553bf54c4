"""A customer gets a mail, follows its link and pays: the whole way, through the front door."""

import re
from collections.abc import Iterator

import httpx2
import pytest

from tests.system.running import Client, System
from tests.system.visiting import address_in_mail

pytestmark = [pytest.mark.timeout(300), pytest.mark.postgres]

ORDERS = "/api/orders/v1"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    running = System(tmp_path_factory.mktemp("embedded") / "data").start()
    yield running.client()
    running.stop()


def test_an_order_is_paid_by_its_customer(client: Client) -> None:
    """PA-4, PA-5: mailed by the customers service, shown by the front door, paid at the gateway."""
    order = client.order(submit=False, payments=[])
    path = f"{ORDERS}/orders/{order['id']}"
    client.post(f"{path}/hand-over", {"message": "As we said."})
    address = address_in_mail(client, order["number"])
    assert address.startswith(str(client.http.base_url).rstrip("/") + "/checkout/")

    with httpx2.Client(timeout=30) as visitor:  # without the token of any staff
        page = visitor.get(address)
        assert page.status_code == 200, page.text
        assert order["number"] in page.text
        version = re.search(r'name="version" value="(\d+)"', page.text)
        assert version is not None
        form = {"version": version[1], "do": "pay", "method": "card", "token": "tok_ok"}
        taken = visitor.post(address, data=form)
        assert (taken.status_code, taken.headers["location"][-7:]) == (303, "/result"), taken.text
        assert client.settled(order["id"])["state"] == "submitted"
        assert "Thank you" in visitor.get(address + "/result").text
        assert visitor.get(address).status_code == 410
        assert visitor.get(address[:-5]).status_code == 404
    (payment,) = client.get("/api/payments/v1/payments", order_id=order["id"])["items"]
    assert payment["method"] == "card"
    assert client.get(f"{path}/hand-over")["state"] == "handed-in"
