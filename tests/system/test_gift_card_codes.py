"""A gift card's code pays for whoever knows it: a running system keeps it nowhere (PA-3)."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest
from tradecounter.servers.postgres import EmbeddedPostgres

from tests.system.card_numbers import found_in_database
from tests.system.running import Client, Json, System, wait_for
from tests.system.visiting import address_in_mail

pytestmark = [pytest.mark.timeout(300), pytest.mark.postgres]

ORDERS, PAYMENTS = "/api/orders/v1/orders", "/api/payments/v1"
SERVICES = ("customers", "catalog", "orders", "payments", "subscribers")


def test_the_code_of_a_gift_card_is_left_nowhere(tmp_path: Path) -> None:
    """PA-3, PA-5, SU-11, SC-2: in no answer but the first, no table, message, archive or log."""
    system = System(tmp_path / "data").start()
    try:
        codes = _use(system.client())
    finally:
        system.stop()

    assert not _holding(codes)(system.output)
    with EmbeddedPostgres(system.directory / "postgres") as postgres:
        for name in SERVICES:
            url = postgres.database_url(f"tradecounter_{name}")
            assert asyncio.run(found_in_database(url, _holding(codes))) == [], name


def _holding(codes: list[str]) -> Callable[[str], bool]:
    letters = [code.replace("-", "") for code in codes]

    def sought(said: str) -> bool:
        read = re.sub("[^A-Z0-9]", "", said.upper())
        return any(one in read for one in letters)

    return sought


def _use(client: Client) -> list[str]:
    """Pay with gift cards wherever that can be done; gives their codes."""
    ways = (_by_staff, _refused, _changed, _by_the_customer)
    return [code for way in ways for code in way(client)]


def pounds(minor: int) -> Json:
    return {"minor": minor, "currency": "GBP"}


def _issued(client: Client) -> str:
    issued = {"amount": pounds(100_000), "reason": "a present"}
    return client.post(f"{PAYMENTS}/sites/uk/gift-cards", issued)["code"]


def _gift(code: str, **more: object) -> Json:
    return {"method": "gift-card", "token": code, **more}


def _by_staff(client: Client) -> list[str]:
    """Submit an order at once, and have it cost more afterwards."""
    first, second = _issued(client), _issued(client)
    order = client.order(payments=[_gift(first.lower().replace("-", " "))])
    settled = client.settled(order["id"])
    assert settled["state"] == "submitted"
    path = f"{ORDERS}/{order['id']}"
    more: Json = {"lines": [{"sku": "PEN-BLK", "units": 1}], "payments": [_gift(second)]}

    def taken() -> Json | None:
        keyed = {"Idempotency-Key": f"revise {order['id']}"}
        answer = client.http.post(f"{path}/revision", json=more, headers=keyed)
        assert answer.status_code in {202, 409}, answer.text
        return answer.json() if answer.status_code == 202 else None

    answers = [order, settled, wait_for(taken)]
    wait_for(lambda: client.get(f"{path}/revision")["state"] == "applied")
    answers += [client.get(f"{path}{part}") for part in ("", "/changes", "/submission")]
    assert not _holding([first, second])(str(answers))
    return [first, second]


def _refused(client: Client) -> list[str]:
    """Hand in with a code that nobody issued: the draft that comes back still has the payment."""
    code = "BCDF-BCDF-BCDF-BCDF"
    order = client.settled(client.order(payments=[_gift(code)])["id"])
    assert [one["code"] for one in order["refusals"]] == ["PAYMENT_DECLINED"]
    return [code]


def _changed(client: Client) -> list[str]:
    """Put a payment on a draft, and take it away."""
    code = _issued(client)
    path = f"{ORDERS}/{client.order(payments=[], submit=False)['id']}/payments"
    added = client.post(path, _gift(code, amount=pounds(100)))
    assert client.http.delete(f"{path}/1").is_success
    assert not _holding([code])(str(added))
    return [code]


def _by_the_customer(client: Client) -> list[str]:
    """Pay on the page that a mail leads to."""
    code = _issued(client)
    order = client.order(submit=False, payments=[])
    client.post(f"{ORDERS}/{order['id']}/hand-over", {})
    address = address_in_mail(client, order["number"])
    with httpx2.Client(timeout=30) as visitor:
        page, typed = visitor.get(address).text, code
        for _ in range(2):  # what the card pays is shown first
            held = dict(re.findall(r'name="(version|shown|gift-card-1)".*? value="([^"]*)"', page))
            form = {**held, "do": "pay", "gift-cards": typed}
            page, typed = visitor.post(address, data=form).text, ""
            assert not _holding([code])(page)
    assert client.settled(order["id"])["state"] == "submitted"
    return [code]
