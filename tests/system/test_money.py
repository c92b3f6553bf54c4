"""What a running system does with money, and that it keeps no card number (PA-2)."""

import asyncio
import json
from pathlib import Path

import pytest
from tradecounter.servers.postgres import EmbeddedPostgres

from tests.system.card_numbers import found_in_database, plant, suspicious
from tests.system.running import System, wait_for

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


def test_what_looks_like_a_card_number_is_seen_and_an_id_is_not() -> None:
    """PA-2: the search itself."""
    assert suspicious(f"pan={PAN}")
    assert suspicious('{"token": "4242-4242-4242-4242"}')
    assert not suspicious("id 41111111-1111-4111-8111-111111111111 at 2026-11-21 08:00")
    assert not suspicious("trace 4bf92f3577b34da6a3ce929d0e0e4736")
