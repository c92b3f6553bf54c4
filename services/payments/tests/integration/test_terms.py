"""Purchase orders within what was agreed (PA-3)."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from contracts.payments.commands import AuthorisePayment
from contracts.values import CustomerId, Money, SiteId

from services.payments.tests.api import Api
from services.payments.tests.driving import Payments, a_site, a_void, an_authorisation
from services.payments.tests.requests import money, post


def an_order(site: SiteId, customer: CustomerId, minor: int, **terms: str) -> AuthorisePayment:
    return an_authorisation(
        site,
        card=None,
        method="purchase-order",
        amount=Money(minor, "GBP"),
        customer_id=customer,
        terms={"number": "PO-7", **terms},
    )


async def agree(
    api: Api, site: str, customer: CustomerId, *limits: dict[str, object], net_days: int = 30
) -> httpx2.Response:
    path = f"/sites/{site}/customers/{customer}/purchase-terms"
    return await api.call("PUT", path, json={"net_days": net_days, "limits": list(limits)})


def problem(answer: httpx2.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.json()


async def told(payments: Payments, command: AuthorisePayment) -> tuple[str, dict[str, Any]]:
    (id_,) = await payments.send(command)
    reply = await payments.reply(id_)
    assert reply is not None
    return reply


async def test_a_limit_is_kept_and_freed_by_what_comes_in(payments: Payments, api: Api) -> None:
    """PA-3: the reason says limit and open sum; a receipt or a void makes room."""
    site, customer = a_site(), CustomerId(uuid4())
    await payments.send(site)
    assert (await agree(api, site.code, customer, money(1000))).status_code == 200
    first, second = (an_order(site.site_id, customer, minor) for minor in (700, 200))
    for one in (first, second):
        assert (await told(payments, one))[0] == "payment-authorised"

    third = an_order(site.site_id, customer, 101)
    for _ in range(2):  # asked again it is refused as before
        kind, no = await told(payments, third)
        assert (kind, no["code"]) == ("payment-declined", "CREDIT_LIMIT_EXCEEDED")
        assert (no["limit"], no["open_sum"]) == (money(1000), money(900))
        assert no["detail"] == "the limit is 1000 minor units, of which 900 are open"
    shown = await api.get(f"/payments/{third.payment_id}")
    assert (shown["refusal"]["limit"], shown["refusal"]["open_sum"]) == (money(1000), money(900))

    received = await post(api, f"/payments/{first.payment_id}/receipts", {"amount": money(1)})
    assert received.status_code == 200
    fitting = an_order(site.site_id, customer, 101)
    assert (await told(payments, fitting))[0] == "payment-authorised"
    await payments.send(a_void(second))
    found = await api.get(f"/sites/{site.code}/customers/{customer}/purchase-terms")
    assert found["limits"] == [{"limit": money(1000), "open": money(800), "left": money(200)}]


async def test_purchase_orders_at_once_come_to_no_more_than_the_limit(
    payments: Payments, api: Api
) -> None:
    """PA-3: workers that do not see each other's payment yet; also at two sites of the set."""
    north = a_site()
    south = a_site().model_copy(update={"customer_set_id": north.customer_set_id})
    await payments.send(north, south)
    for _ in range(5):
        customer = CustomerId(uuid4())
        await agree(api, north.code, customer, money(1000))
        orders = [
            an_order(site.site_id, customer, minor)
            for site, minor in ((north, 600), (south, 500), (north, 700), (south, 800))
        ]
        async with asyncio.TaskGroup() as workers:
            sent = [workers.create_task(payments.send(one)) for one in orders]
        answers = [str(await payments.answered(one.result()[0])) for one in sent]
        assert sorted(answers) == [*(["CREDIT_LIMIT_EXCEEDED"] * 3), "pending"]


@pytest.mark.parametrize(
    ("limits", "terms", "code"),
    [
        ([], {}, "PURCHASE_ORDER_NOT_AGREED"),
        ([{"minor": 9000, "currency": "EUR"}], {}, "PURCHASE_ORDER_NOT_AGREED"),
        ([money(9000)], {"terms": "NET60"}, "PAYMENT_TERMS_NOT_AGREED"),
        ([money(0)], {}, "CREDIT_LIMIT_EXCEEDED"),
    ],
)
async def test_what_was_not_agreed_is_refused(
    payments: Payments,
    api: Api,
    limits: list[dict[str, object]],
    terms: dict[str, str],
    code: str,
) -> None:
    """PA-3: in another currency, for longer, or at all."""
    site, customer = a_site(), CustomerId(uuid4())
    abroad = a_site(currency="EUR").model_copy(update={"customer_set_id": site.customer_set_id})
    await payments.send(site, abroad)
    assert (await agree(api, site.code, customer, *limits)).status_code == 200
    assert (await told(payments, an_order(site.site_id, customer, 1, **terms)))[1]["code"] == code


async def test_a_site_says_what_holds_without_an_agreement(payments: Payments, api: Api) -> None:
    """PA-3, SC-2: and when it is due; who changed it is kept."""
    site, customer = a_site(), CustomerId(uuid4())
    await payments.send(site)
    path = f"/sites/{site.code}/purchase-terms"
    assert await api.get(path) == {"without_agreement": True, "net_days": 30}
    free = an_order(site.site_id, customer, 10**9)
    assert (await told(payments, free))[0] == "payment-authorised"
    shown = await api.get(f"/payments/{free.payment_id}")
    assert (shown["net_days"], shown["customer_id"]) == (30, str(customer))
    assert shown["due_on"] is not None

    body = {"without_agreement": False, "net_days": 14}
    assert (await api.call("PUT", path, json=body)).json() == body
    refused = await told(payments, an_order(site.site_id, customer, 1))
    assert refused[1]["code"] == "PURCHASE_ORDER_NOT_AGREED"
    found = await api.get(f"/sites/{site.code}/customers/{customer}/purchase-terms")
    assert (found["agreed"], found["allowed"], found["net_days"]) == (False, False, 14)
    [change] = (await api.get(f"{path}/changes"))["items"]
    assert (change["staff_id"], change["after"]) == ("clerk", body)
    assert change["before"] == {"without_agreement": True, "net_days": 30}


async def test_agreeing_is_audited_versioned_and_scoped(payments: Payments, api: Api) -> None:
    """SC-1, SC-2, SN-4."""
    site, other, customer = a_site(), a_site(), CustomerId(uuid4())
    await payments.send(site, other)
    path = f"/sites/{site.code}/customers/{customer}/purchase-terms"
    first = await agree(api, site.code, customer, money(1000))
    assert first.headers["etag"] == '"1"'
    body = {"net_days": 10, "limits": [money(500)]}
    headers = {"Authorization": f"Bearer {api.token}", "If-Match": '"7"'}
    stale = await api.client.put(path, json=body, headers=headers)
    assert (stale.status_code, stale.json()["current"]["version"]) == (412, 1)
    changed = await api.client.put(path, json=body, headers=headers | {"If-Match": '"1"'})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    changes = (await api.get(f"{path}/changes"))["items"]
    assert [one["before"] and one["before"]["net_days"] for one in changes] == [None, 30]
    assert changes[1]["after"] == {"net_days": 10, "limits": {"GBP": 500}}
    with pytest.raises(Exception, match="append-only"):
        await payments.rows("DELETE FROM purchase_terms_change RETURNING 1")

    stranger = api.staff(other.site_id)
    assert (await stranger.call("GET", path)).status_code == 404
    assert (await stranger.call("PUT", path, json=body)).status_code == 404
    elsewhere = f"/sites/{other.code}/customers/{customer}/purchase-terms"
    assert (await stranger.get(elsewhere))["agreed"] is False
    reader = api.staff(site.site_id, permissions=["payments.read"])
    assert (await reader.call("PUT", path, json=body)).status_code == 403


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"net_days": 366, "limits": []}, "/net_days", "OUT_OF_RANGE"),
        ({"net_days": 1}, "/limits", "FIELD_REQUIRED"),
        ({"net_days": 1, "limits": [money(-1)]}, "/limits/0/minor", "AMOUNT_OUT_OF_RANGE"),
        (
            {"net_days": 1, "limits": [money(1), money(2)]},
            "/limits/1/currency",
            "CURRENCY_REPEATED",
        ),
        (
            {"net_days": 1, "limits": [money(1), {"minor": 1, "currency": "ZZZ"}]},
            "/limits/1/currency",
            "UNKNOWN_CURRENCY",
        ),
    ],
)
async def test_terms_that_make_no_sense_name_the_field(
    payments: Payments, api: Api, body: dict[str, Any], pointer: str, code: str
) -> None:
    site = a_site()
    await payments.send(site)
    path = f"/sites/{site.code}/customers/{uuid4()}/purchase-terms"
    answer = await api.call("PUT", path, json=body)
    assert answer.status_code == 422
    [wrong] = answer.json()["errors"]
    assert (wrong["pointer"], wrong["code"]) == (pointer, code)


async def test_terms_are_removed_and_their_history_stands(payments: Payments, api: Api) -> None:
    """SC-2, SN-4: then the site's usual terms hold; versions go on, so that a stale one is seen."""
    site, customer = a_site(), CustomerId(uuid4())
    await payments.send(site)
    path = f"/sites/{site.code}/customers/{customer}/purchase-terms"
    assert problem(await api.call("DELETE", path), 404)["code"] == "NOT_FOUND"
    await agree(api, site.code, customer, money(100))
    late = an_order(site.site_id, customer, 101)
    assert (await told(payments, late))[1]["code"] == "CREDIT_LIMIT_EXCEEDED"
    api.customers.says[customer] = "CUSTOMER_ERASED"  # nobody has to be there to be removed from

    headers = {"Authorization": f"Bearer {api.token}", "If-Match": '"7"'}
    problem(await api.client.delete(path, headers=headers), 412)
    removed = await api.client.delete(path, headers=headers | {"If-Match": '"1"'})

    assert (removed.status_code, removed.content) == (204, b"")
    shown = await api.call("GET", path)
    assert (shown.json()["agreed"], shown.json()["allowed"]) == (False, True)
    assert shown.headers["etag"] == '"2"'
    problem(await api.call("DELETE", path), 404)
    free = an_order(site.site_id, customer, 101)
    assert (await told(payments, free))[0] == "payment-authorised"
    del api.customers.says[customer]
    again = await agree(api, site.code, customer, money(200))
    assert (again.json()["agreed"], again.headers["etag"]) == (True, '"3"')
    changes = (await api.get(f"{path}/changes"))["items"]
    assert [(one["before"] is None, one["after"] is None) for one in changes] == [
        (True, False),
        (False, True),
        (True, False),
    ]
    assert {one["staff_id"] for one in changes} == {"clerk"}


@pytest.mark.parametrize("what", ["purchase-terms", "credit"])
@pytest.mark.parametrize(
    ("says", "answered"),
    [
        ("UNKNOWN_CUSTOMER", (404, "NOT_FOUND")),
        ("CUSTOMER_SET_MISMATCH", (404, "NOT_FOUND")),
        ("CUSTOMER_ERASED", (422, "CUSTOMER_ERASED")),
        ("CUSTOMER_IS_STAFF", (422, "CUSTOMER_IS_STAFF")),
        (None, (503, "SERVICE_UNANSWERED")),
    ],
)
async def test_nothing_is_agreed_with_or_given_to_who_is_not_there(
    payments: Payments, api: Api, what: str, says: str | None, answered: tuple[int, str]
) -> None:
    """PA-3, CS-2: the customers service is asked; whose set it is not, is not there."""
    site, customer = a_site(), CustomerId(uuid4())
    await payments.send(site)
    api.customers.says[customer] = says

    answer = await written(api, site.code, customer, what)

    body = problem(answer, answered[0])
    assert body["code"] == answered[1]
    if answered[0] == 422:
        assert body["errors"][0]["parameter"] == "path: customer_id"
    found = await api.get(f"/sites/{site.code}/customers/{customer}/{what}")
    assert found.get("agreed", False) is False
    assert found.get("balance", money(0)) == money(0)
    [asked] = api.customers.asked
    assert (asked.customer_id, asked.site_id) == (customer, site.site_id)


@pytest.mark.parametrize("what", ["purchase-terms", "credit"])
async def test_a_disabled_customer_keeps_terms_and_credit(
    payments: Payments, api: Api, what: str
) -> None:
    """PA-3: no orders are taken just now; terms may be lowered, and goodwill is given."""
    site, customer = a_site(), CustomerId(uuid4())
    await payments.send(site)
    api.customers.says[customer] = "CUSTOMER_DISABLED"
    assert (await written(api, site.code, customer, what)).is_success


async def written(api: Api, site: str, customer: CustomerId, what: str) -> httpx2.Response:
    if what == "purchase-terms":
        return await agree(api, site, customer, money(5))
    body = {"amount": money(5), "reason": "goodwill"}
    return await post(api, f"/sites/{site}/customers/{customer}/credit", body)


async def test_terms_are_set_by_who_works_on_all_sites_of_the_set(
    payments: Payments, api: Api
) -> None:
    """SC-1, CS-4: they hold on all of them; whoever works on one may read them."""
    north, elsewhere, customer = a_site(), a_site(), CustomerId(uuid4())
    south = a_site().model_copy(update={"customer_set_id": north.customer_set_id})
    await payments.send(north, south, elsewhere)
    path = f"/sites/{north.code}/customers/{customer}/purchase-terms"
    body = {"net_days": 10, "limits": [money(500)]}
    of_one, of_all = api.staff(north.site_id), api.staff(north.site_id, south.site_id)

    for method in ("PUT", "DELETE"):
        refused = await of_one.call(method, path, json=body if method == "PUT" else None)
        assert problem(refused, 403)["code"] == "SET_OUT_OF_SCOPE"
    assert (await of_all.call("PUT", path, json=body)).status_code == 200
    assert (await of_one.get(path))["agreed"] is True
    usual = await of_one.call(
        "PUT",
        f"/sites/{north.code}/purchase-terms",
        json={"without_agreement": False, "net_days": 1},
    )
    assert usual.status_code == 200
    assert (await of_all.call("DELETE", path)).status_code == 204
    stranger = api.staff(elsewhere.site_id)
    problem(await stranger.call("DELETE", path), 404)
    reader = api.staff(north.site_id, south.site_id, permissions=["payments.read"])
    before = len(api.customers.asked)
    assert problem(await reader.call("PUT", path, json=body), 403)["code"] == "PERMISSION_DENIED"
    assert len(api.customers.asked) == before
