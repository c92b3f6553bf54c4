"""What a running system does with money, and that it keeps no card number (PA-2)."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from tradecounter.servers.postgres import EmbeddedPostgres

from tests.system.card_numbers import found_in_database, plant, suspicious
from tests.system.described import operations, texts, with_text
from tests.system.running import Client, System, wait_for

pytestmark = [pytest.mark.timeout(300)]

PAN = "4111 1111 1111 1111"
SERVICES = ("customers", "catalog", "orders", "payments", "subscribers")


def test_the_books_agree_and_no_card_number_is_left_anywhere(tmp_path: Path) -> None:
    """PA-2, I4: in no database, message or log; a planted one is found."""
    system = System(tmp_path / "data").start()
    try:
        _use(system)
        report = tmp_path / "report.json"
        done = system.run("payments", "reconcile", "--report", str(report))
        assert "the books agree" in done.stdout
        assert json.loads(report.read_text())["findings"] == []
    finally:
        system.stop()

    assert not suspicious(system.output)
    with EmbeddedPostgres(system.directory / "postgres") as postgres:
        urls = {name: postgres.database_url(f"tradecounter_{name}") for name in SERVICES}
        for name, url in urls.items():
            assert asyncio.run(found_in_database(url)) == [], name
        asyncio.run(plant(urls["payments"], PAN))
        assert asyncio.run(found_in_database(urls["payments"])) == [
            "outbox.body",
            "payment.trouble",
        ]


def _use(system: System) -> None:
    """Take orders, and try in every field of them to leave a card number."""
    client = system.client()
    order = client.order(payments=[{"method": "card", "token": "tok_ok"}])
    assert client.settled(order["id"])["state"] == "submitted"
    paid = f"/api/payments/v1/orders/{order['id']}/balance"
    wait_for(lambda: client.get(paid)["due"] == {"minor": 0, "currency": "GBP"})

    customer = client.demo_customer()
    body = {"site": "uk", "customer_id": customer, "lines": [{"sku": "MUG-01", "units": 1}]}
    for number, field in enumerate(
        (
            {"staff_note": f"pays with {PAN}"},
            {"customer_note": PAN},
            {"external_reference": PAN.replace(" ", "")},
            {"payments": [{"method": "card", "token": PAN}]},
            {"payments": [{"method": "purchase-order", "terms": {"number": PAN}}]},
        )
    ):
        answer = client.http.post(
            "/api/orders/v1/orders",
            json={**body, **field},
            headers={"Idempotency-Key": f"card number {number}"},
        )
        assert answer.status_code == 422, field
        assert "CARD_NUMBER_REFUSED" in answer.text
        assert "1111" not in answer.text
    refused = [*_tried_in_every_field(client, customer), *_tried_in_every_address(client)]
    assert sum(refused) > 350, "the others are refused for another reason, such as being unknown"


def _tried_in_every_field(client: Client, customer: str) -> Iterator[bool]:
    """Put a card number into each text of each request; tells whether it was refused as such."""
    draft = client.order(submit=False, customer_id=customer)["id"]
    known = {"code": "uk", "customer_id": customer, "order_id": draft, "sku": "PEN-BLK"}
    number = PAN.replace(" ", "")
    for operation in operations(str(client.http.base_url)):
        if operation.body is None:
            continue
        whole = operation.example(operation.body, whole=True)
        small = operation.example(operation.body)
        if "site" in whole:
            small["site"] = "uk"
        for place in texts(whole):
            answer = client.http.request(
                operation.method,
                operation.to(**known),
                json=with_text(small, whole, place, number),
                headers={"Idempotency-Key": str(uuid4())},
            )
            assert number not in answer.text, (operation, place)
            assert not answer.is_success or answer.json()["errors"], (operation, place)
            yield "CARD_NUMBER_REFUSED" in answer.text


def _tried_in_every_address(client: Client) -> Iterator[bool]:
    """Do the same with the parts of addresses, the parameters of queries, and the key."""
    number = PAN.replace(" ", "")
    for operation in operations(str(client.http.base_url)):
        places: list[tuple[str, dict[str, str]]] = [
            (operation.to(**{name: number}), {}) for name in operation.names
        ]
        described = operation.described.get("parameters", ())
        asked = [one["name"] for one in described if one["in"] == "query"]
        places += [(operation.to(), {name: number}) for name in asked]
        for path, query in places:
            answer = client.http.request(operation.method, path, params=query)
            assert (answer.status_code, number in answer.text) == (422, False), path
            yield "CARD_NUMBER_REFUSED" in answer.text
    answer = client.http.post("/api/orders/v1/orders", headers={"Idempotency-Key": PAN})
    assert answer.json()["errors"][0]["parameter"] == "header: Idempotency-Key"


def test_what_looks_like_a_card_number_is_seen_and_an_id_is_not() -> None:
    """PA-2: the search itself."""
    assert suspicious(f"pan={PAN}")
    assert suspicious('{"token": "4242-4242-4242-4242"}')
    assert not suspicious("id 41111111-1111-4111-8111-111111111111 at 2026-11-21 08:00")
    assert not suspicious("trace 4bf92f3577b34da6a3ce929d0e0e4736")
