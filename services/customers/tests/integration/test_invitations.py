import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from customers.storage.tables import customer, invitation
from sqlalchemy import select, text

from services.customers.tests.api import Api, a_customer_body, problem
from services.customers.tests.mailbox import SHOP, accepted, shifted, token_in
from services.customers.tests.outbox import Sessions, told
from tests.support import eventually


async def a_guest(api: Api, **fields: object) -> dict[str, Any]:
    """A customer with an e-mail, of a set with one site, which has a storefront."""
    site = await api.a_site(storefront_url=f"{SHOP}/")
    return await api.a_customer(site, **{"email": "ann@example.com", **fields})


async def invited(api: Api, customer: dict[str, Any]) -> str:
    """Invite a customer; gives the secret, as the mail page shows it."""
    answer = await api.post(f"/customers/{customer['id']}/invitation", {})
    assert answer.status_code == 202, answer.text
    (newest, *_) = (await api.get(f"/mails?customer_id={customer['id']}"))["items"]
    assert f"{SHOP}/invitation?token=" in newest["text"]
    return token_in(newest["text"])


async def test_a_customer_signs_in_with_the_link_and_is_registered(
    api: Api, database: Sessions
) -> None:
    """CU-9: it is the same customer, whose orders are then theirs."""
    ann = await a_guest(api)
    assert ann["is_registered"] is False
    token = await invited(api, ann)

    answer = await accepted(api, token)

    assert answer.status_code == 200, answer.text
    assert answer.json()["customer_id"] == ann["id"]
    assert answer.json()["email"] == "ann@example.com"
    assert (await api.get(f"/customers/{ann['id']}"))["is_registered"] is True
    assert (await told(database, ann["id"]))[-1].data["is_registered"] is True
    again = await api.post(f"/customers/{ann['id']}/invitation", {})
    problem(again, 409, "ALREADY_REGISTERED")


async def test_a_link_works_once(api: Api) -> None:
    """CU-9: of many who follow it at the same time, one."""
    token = await invited(api, await a_guest(api))

    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(accepted(api, token)) for _ in range(5)]

    answers = [task.result() for task in running]
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 4
    problem(await accepted(api, token), 409, "INVITATION_USED")


async def test_a_link_ends_after_three_days(api: Api, database: Sessions) -> None:
    """CU-9."""
    ann = await a_guest(api)
    answer = await api.post(f"/customers/{ann['id']}/invitation", {})
    until = datetime.fromisoformat(answer.json()["expires_at"]) - datetime.now(UTC)
    assert timedelta(hours=71, minutes=55) < until <= timedelta(hours=72)
    token = await invited(api, ann)
    await shifted(database, ann, hours=-73)

    problem(await accepted(api, token), 409, "INVITATION_EXPIRED")


async def test_a_newer_link_or_another_email_ends_the_older_ones(api: Api) -> None:
    """CU-9: it must not be the old mailbox that signs in."""
    ann = await a_guest(api)
    first, second = await invited(api, ann), await invited(api, ann)
    problem(await accepted(api, first), 409, "INVITATION_REPLACED")

    await api.patch(f"/customers/{ann['id']}", {"email": "ann@elsewhere.example.com"})
    problem(await accepted(api, second), 409, "INVITATION_REPLACED")

    third = await invited(api, ann)
    await api.call("POST", f"/customers/{ann['id']}/disabling", {"disabled": True})
    problem(await accepted(api, third), 409, "CUSTOMER_DISABLED")


async def test_who_is_disabled_is_not_invited(api: Api) -> None:
    """CU-9: their link would be refused, and is not mailed."""
    ann = await a_guest(api)
    await api.call("POST", f"/customers/{ann['id']}/disabling", {"disabled": True})

    problem(await api.post(f"/customers/{ann['id']}/invitation", {}), 409, "CUSTOMER_DISABLED")

    assert (await api.get(f"/mails?customer_id={ann['id']}"))["items"] == []


async def test_a_link_does_not_lead_into_another_customer_set(api: Api) -> None:
    """CU-9, CS-4: the shop that it leads to is not the customer's any more."""
    ann = await a_guest(api)
    token = await invited(api, ann)
    other = (await api.get(f"/sites/{await api.a_site(storefront_url=SHOP)}"))["customer_set"]
    moved = await api.patch(f"/customers/{ann['id']}", {"customer_set": other})
    assert moved.status_code == 200

    problem(await accepted(api, token), 409, "CUSTOMER_SET_MISMATCH")

    assert (await api.get(f"/customers/{ann['id']}"))["is_registered"] is False
    assert (await accepted(api, await invited(api, ann))).status_code == 200


async def test_a_link_is_used_and_replaced_at_once_without_a_deadlock(
    api: Api, database: Sessions
) -> None:
    """CU-9: whoever waits for the customer holds nothing that others need."""
    ann = await a_guest(api)
    token = await invited(api, ann)
    here = UUID(ann["id"])

    async with asyncio.TaskGroup() as tasks, database.begin() as session:
        row = select(customer.c.customer_id).where(customer.c.customer_id == here)
        await session.execute(row.with_for_update())
        using = tasks.create_task(accepted(api, token))
        await eventually(lambda: waits(database))
        links = select(invitation.c.customer_id).where(invitation.c.customer_id == here)
        await session.execute(links.with_for_update(nowait=True))

    assert using.result().status_code == 200


async def waits(database: Sessions) -> bool:
    """Tell whether somebody waits for a row."""
    waiting = text(
        "SELECT EXISTS (SELECT FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock')"
    )
    async with database() as session:
        return bool(await session.scalar(waiting))


@pytest.mark.parametrize("token", ["x", "\u2028", "x" * 200])
async def test_a_link_that_was_never_sent_does_not_work(api: Api, token: str) -> None:
    problem(await accepted(api, token), 404, "INVITATION_UNKNOWN")


async def test_what_is_no_secret_is_refused(api: Api) -> None:
    for token in ("", "x" * 201):
        problem(await accepted(api, token), 422, "INVALID_REQUEST", "/token")


async def test_only_a_hash_of_the_secret_is_kept_with_the_invitation(
    api: Api, database: Sessions
) -> None:
    """CU-9."""
    ann = await a_guest(api)
    token = await invited(api, ann)

    async with database() as session:
        here = invitation.c.customer_id == UUID(ann["id"])
        (row,) = (await session.execute(select(invitation).where(here))).all()
    assert len(row.token_hash) == 32
    assert token not in str(row)
    assert token.encode() not in row.token_hash


async def test_an_account_can_be_offered_at_creation(api: Api) -> None:
    """CU-9: in the same transaction, so never for somebody who was not made."""
    site = await api.a_site(storefront_url=SHOP)
    ann = await api.a_customer(site, email="ann@example.com", invite=True)
    (sent,) = (await api.get(f"/mails?customer_id={ann['id']}"))["items"]
    assert (sent["recipient"], sent["site"], sent["state"]) == ("ann@example.com", site, "waiting")
    assert "Ann" in sent["text"]

    nobody = await api.post("/customers", a_customer_body(site, invite=True))
    problem(nobody, 422, "INVALID_REQUEST", "/email")
    bare = await api.a_site()
    body = a_customer_body(bare, email="bob@example.com", invite=True)
    problem(await api.post("/customers", body), 409, "STOREFRONT_UNKNOWN")
    assert (await api.get(f"/customers?site={bare}"))["items"] == []


async def test_the_site_is_chosen_silently_when_there_is_one(api: Api) -> None:
    """CS-1: else it must be one of the customer's set."""
    ann = await a_guest(api)
    path = f"/customers/{ann['id']}/invitation"
    second = await api.a_site(ann["customer_set"], storefront_url="https://two.example")

    problem(await api.post(path, {}), 422, "INVALID_REQUEST", "/site")
    problem(await api.post(path, {"site": "none"}), 422, "INVALID_REQUEST", "/site")
    foreign = await api.a_site(storefront_url=SHOP)
    problem(await api.post(path, {"site": foreign}), 422, "INVALID_REQUEST", "/site")
    assert (await api.post(path, {"site": second})).status_code == 202
    assert (await api.staff(second).post(path, {})).status_code == 202
    (newest, *_) = (await api.get(f"/mails?customer_id={ann['id']}"))["items"]
    assert "https://two.example/invitation?token=" in newest["text"]


async def test_inviting_twice_under_one_key_sends_one_mail(api: Api) -> None:
    ann = await a_guest(api)
    key = uuid4().hex

    for _ in range(2):
        path = f"/customers/{ann['id']}/invitation"
        assert (await api.post(path, {}, Idempotency_Key=key)).status_code == 202

    assert len((await api.get(f"/mails?customer_id={ann['id']}"))["items"]) == 1


async def test_mails_are_those_of_staffs_sites(api: Api) -> None:
    """SC-1, SC-3."""
    ann = await a_guest(api)
    await invited(api, ann)
    clerk = api.staff(await api.a_site())

    assert (await clerk.get("/mails"))["items"] == []
    problem(await clerk.post(f"/customers/{ann['id']}/invitation", {}), 404, "NOT_FOUND")
    answer = await api.staff(permissions=[]).call("GET", "/mails")
    problem(answer, 403, "PERMISSION_DENIED")
