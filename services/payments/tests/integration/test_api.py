import asyncio
from uuid import UUID

import httpx2
import pytest
from payments.domain.methods import Method
from payments.main import call_gateway

from services.payments.tests.api import Api
from services.payments.tests.driving import Payments, a_site, an_authorisation
from tests.support import eventually


def a_problem(answer: httpx2.Response, status: int) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def problem(answer: httpx2.Response, status: int, code: str) -> None:
    a_problem(answer, status)
    assert answer.json()["code"] == code


async def test_a_site_offers_every_method_until_staff_decide(payments: Payments, api: Api) -> None:
    """PA-3."""
    site = a_site()
    await payments.send(site)
    path = f"/sites/{site.code}/methods"
    found = await api.get(path)
    assert [(one["method"], one["enabled"]) for one in found["items"]] == [
        (method, True) for method in Method
    ]
    assert {one["method"]: one["gateway"] for one in found["items"] if one["gateway"]} == {
        "card": "test",
        "store-credit": "credit",
        "gift-card": "credit",
    }

    for _ in range(2):
        answer = await api.call("PUT", f"{path}/check", json={"enabled": False})
        assert answer.json() == {"method": "check", "enabled": False, "gateway": None}
    asked = an_authorisation(site.site_id, card=None, method="check")
    (id_,) = await payments.send(asked)

    assert await payments.answered(id_) == "UNKNOWN_PAYMENT_METHOD"
    assert {"method": "check", "enabled": False, "gateway": None} in (await api.get(path))["items"]


async def test_a_payment_is_shown_without_its_token(payments: Payments, api: Api) -> None:
    """PA-2, PA-7."""
    site = a_site()
    await payments.send(site)
    asked = an_authorisation(
        site.site_id, card=None, method="purchase-order", terms={"number": "PO-7"}
    )
    await payments.send(asked, an_authorisation(site.site_id, "tok_secret"))

    found = await api.get(f"/payments/{asked.payment_id}")

    assert found["site"] == site.code
    assert found["order_id"] == str(asked.order_id)
    assert found["amount"] == {"minor": 1250, "currency": "GBP"}
    assert (found["method"], found["state"], found["version"]) == ("purchase-order", "pending", 1)
    assert found["terms"] == {"number": "PO-7"}
    listed = await api.get("/payments")
    assert [one["state"] for one in listed["items"]] == ["pending", "requested"]
    assert "tok_secret" not in str(listed)


async def test_payments_are_listed_by_order_and_by_page(payments: Payments, api: Api) -> None:
    """SC-1: paged by key, in the order of arrival."""
    site = await payments.site()
    asked = [an_authorisation(site, card=None, method="check") for _ in range(5)]
    await payments.send(*asked)

    first = await api.get("/payments?limit=3")
    rest = await api.get(f"/payments?limit=3&after={first['next']}")
    of_one = await api.get(f"/payments?order_id={asked[2].order_id}")

    ids = [item["id"] for item in first["items"] + rest["items"]]
    assert ids == [str(one.payment_id) for one in asked]
    assert rest["next"] is None
    assert [item["id"] for item in of_one["items"]] == [str(asked[2].payment_id)]


async def test_out_of_scope_is_not_there(payments: Payments, api: Api) -> None:
    """SC-1: lists and look-ups alike."""
    mine, other = a_site(), a_site()
    await payments.send(mine, other)
    asked = an_authorisation(other.site_id, card=None, method="check")
    await payments.send(asked)
    staff = api.staff(mine.site_id)

    problem(await staff.call("GET", f"/payments/{asked.payment_id}"), 404, "NOT_FOUND")
    problem(await staff.call("GET", f"/sites/{other.code}/methods"), 404, "NOT_FOUND")
    change = await staff.call("PUT", f"/sites/{other.code}/methods/card", json={"enabled": False})
    problem(change, 404, "NOT_FOUND")
    assert (await staff.get("/payments"))["items"] == []
    assert len((await staff.get(f"/sites/{mine.code}/methods"))["items"]) == len(Method)


async def test_every_action_has_its_permission(api: Api) -> None:
    """SC-3."""
    reader = api.staff(permissions=["payments.read"])
    nobody = api.staff(permissions=[])

    problem(await nobody.call("GET", "/payments"), 403, "PERMISSION_DENIED")
    problem(await reader.call("GET", "/test-gateway/transactions"), 403, "PERMISSION_DENIED")
    change = await reader.call("PUT", "/sites/uk/methods/card", json={"enabled": False})
    problem(change, 403, "PERMISSION_DENIED")
    problem(await api.client.get("/payments"), 401, "TOKEN_MISSING")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/payments/not-a-uuid", 422),
        (f"/payments/{UUID(int=1)}", 404),
        ("/payments?order_id=7", 422),
        ("/payments?after=garbage", 422),
        ("/payments?after=Wzk5OTk5OTk5OTk5OTk5OTk5OTk5OTld", 422),
        ("/payments?after=Wy0xXQ", 422),
        ("/payments?limit=0", 422),
        ("/sites/UK%00/methods", 422),
        ("/sites/nowhere/methods", 404),
        ("/nothing", 404),
    ],
)
async def test_a_bad_question_is_a_problem(api: Api, path: str, status: int) -> None:
    """SC-1: never a 500, always problem+json."""
    a_problem(await api.call("GET", path), status)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/sites/uk/methods/barter", b'{"enabled": true}', 422),
        ("/sites/uk/methods/card", b'{"enabled": "yes"}', 422),
        ("/sites/uk/methods/card", b'{"enabled": true, "more": 1}', 422),
        ("/sites/uk/methods/card", b"", 422),
        ("/sites/nowhere/methods/card", b'{"enabled": true}', 404),
        ("/sites/uk/methods/card", b'{"enabled": true, "gateway": "credit"}', 422),
        ("/sites/uk/methods/card", b'{"enabled": true, "gateway": "stripe"}', 422),
        ("/sites/uk/methods/check", b'{"enabled": true, "gateway": "test"}', 422),
    ],
)
async def test_a_bad_change_is_a_problem_and_changes_nothing(
    payments: Payments, api: Api, path: str, body: bytes, status: int
) -> None:
    """SC-1: never a 500, always problem+json."""
    await payments.send(a_site(code="uk"))

    a_problem(await api.call("PUT", path, content=body), status)

    assert await payments.rows("SELECT 1 FROM site_method") == []


async def test_malformed_json_is_a_problem(payments: Payments, api: Api) -> None:
    """SC-1."""
    await payments.send(a_site(code="uk"))

    answer = await api.call("PUT", "/sites/uk/methods/card", content=b"{")

    assert answer.status_code in {400, 422}
    a_problem(answer, answer.status_code)


async def test_the_worker_calls_the_test_gateway_whose_ledger_is_shown(
    payments: Payments, api: Api
) -> None:
    """PA-7, I4: what main puts together."""
    mine, other = await payments.site(), await payments.site()
    asked = an_authorisation(mine)
    async with asyncio.TaskGroup() as tasks:
        loop = tasks.create_task(_run(api))
        ids = await payments.send(asked, an_authorisation(other))
        for id_ in ids:
            assert await eventually(lambda id_=id_: payments.answered(id_)) == "authorised"
        loop.cancel()

    (entry,) = (await api.staff(mine).get("/test-gateway/transactions"))["items"]
    assert (entry["kind"], entry["payment_id"]) == ("authorise", str(asked.payment_id))
    assert entry["amount"] == {"minor": 1250, "currency": "GBP"}
    assert len((await api.get("/test-gateway/transactions"))["items"]) == 2
    shown = await api.get(f"/payments/{asked.payment_id}")
    assert (shown["state"], shown["reference"]) == ("authorised", entry["charge"])


async def _run(api: Api) -> None:
    await call_gateway(api.runtime)
