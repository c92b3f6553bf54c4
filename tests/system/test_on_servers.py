"""The same system on a PostgreSQL and a RabbitMQ of one's own, as the README shows it."""

import signal
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from tradecounter.servers.rabbitmq import PrivateRabbitMQ

from tests.system.running import Client, System, wait_for
from tests.system.visiting import address_in_mail, pay_at_bank

pytestmark = [pytest.mark.timeout(300), pytest.mark.postgres, pytest.mark.broker("own")]


@pytest.fixture(scope="module")
def own_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateRabbitMQ]:
    """A broker that no other test stops meanwhile."""
    with PrivateRabbitMQ(tmp_path_factory.mktemp("broker")) as broker:
        yield broker


@pytest.fixture(scope="module")
def system(
    tmp_path_factory: pytest.TempPathFactory, database_url: str, own_broker: PrivateRabbitMQ
) -> Iterator[System]:
    servers = ("--database-url", database_url, "--broker-url", own_broker.url)
    running = System(tmp_path_factory.mktemp("servers") / "data", options=servers).start()
    yield running
    running.stop()


@pytest.fixture
def client(system: System) -> Client:
    return system.client()


def test_an_order_is_submitted(client: Client) -> None:
    order = client.order(payments=[{"method": "card", "token": "tok_ok"}])
    assert client.settled(order["id"])["state"] == "submitted"


def test_a_customer_pays_and_staff_revise_and_cancel(client: Client) -> None:
    """PA-5, PA-7, SU-11, PA-9: every process once over a real broker; the bank asks first."""
    order = client.order(submit=False, payments=[])
    path = f"/api/orders/v1/orders/{order['id']}"
    client.post(f"{path}/hand-over", {})
    address = address_in_mail(client, order["number"])
    pay_at_bank(address)
    assert client.settled(order["id"], timeout=120)["state"] == "submitted"
    paid = f"/api/payments/v1/orders/{order['id']}/balance"
    wait_for(lambda: client.get(paid)["due"]["minor"] == 0, timeout=120)

    body = {"lines": [{"line_id": 1, "units": 1}]}
    headers = {"Idempotency-Key": f"one less of {order['id']}"}

    def revising() -> bool:
        return client.http.post(f"{path}/revision", json=body, headers=headers).status_code == 202

    wait_for(revising, timeout=120)  # the submission has to come to its end first
    wait_for(lambda: client.get(f"{path}/revision")["state"] == "applied", timeout=120)
    revised = client.get(path)["totals"]["total"]["minor"]
    assert revised < order["totals"]["total"]["minor"]
    wait_for(lambda: client.get(paid)["paid"]["minor"] == revised, timeout=120)
    assert client.http.post(f"{path}/cancellation").status_code == 202
    wait_for(lambda: client.get(path)["cancellation"]["done"], timeout=120)
    assert client.get(paid)["paid"]["minor"] == 0


def test_with_the_broker_down_orders_are_accepted_and_go_on_when_it_is_back(
    client: Client, own_broker: PrivateRabbitMQ
) -> None:
    """Fault 10: a draft is handed in while the broker is away; nothing is lost."""
    draft = client.order(submit=False)
    own_broker.ctl("stop_app")
    try:
        path = f"/api/orders/v1/orders/{draft['id']}/submission"
        accepted = client.post(path, {})
    finally:
        own_broker.ctl("start_app")
    assert accepted
    assert client.settled(draft["id"], timeout=120)["state"] == "submitted"


def test_a_question_without_an_answer_is_a_503_that_names_the_service(
    client: Client, own_broker: PrivateRabbitMQ
) -> None:
    customer = client.demo_customer()
    body = {"site": "uk", "customer_id": customer, "lines": [{"sku": "MUG-01", "units": 1}]}
    own_broker.ctl("stop_app")
    try:
        headers = {"Idempotency-Key": "while-down"}
        answer = client.http.post("/api/orders/v1/orders", json=body, headers=headers)
    finally:
        own_broker.ctl("start_app")
    assert answer.status_code == 503
    assert answer.json()["service"] in {"catalog", "customers"}
    assert "retry-after" in answer.headers

    def served() -> bool:
        return client.http.post("/api/orders/v1/orders", json=body, headers=headers).is_success

    wait_for(served, timeout=60)


def test_sigterm_ends_it_in_good_order_with_work_under_way(
    database_url: str, own_broker: PrivateRabbitMQ, tmp_path: Path, system: System
) -> None:
    """Fault 44: what was accepted goes on in the next run."""
    client = system.client()
    orders = [client.order()["id"] for _ in range(20)]
    assert system.stop(signal.SIGTERM) == 0
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(f"{system.url}/livez")
    system.start()
    client = system.client()
    assert {client.settled(id_)["state"] for id_ in orders} == {"submitted"}
