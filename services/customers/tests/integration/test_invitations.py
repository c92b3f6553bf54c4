import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from chassis.service import open_runtime
from customers.gateways.mailer import Mailer
from customers.gateways.smtp import SmtpServer
from customers.main import SERVICE, send_mails
from customers.storage.tables import invitation, mail
from messaging.embedded import EmbeddedHub, EmbeddedTransport
from sqlalchemy import func, select, update

from services.customers.tests.api import Api, a_customer_body, open_api, problem
from services.customers.tests.mailbox import Mailbox, mail_server, token_in
from services.customers.tests.outbox import Sessions, told
from tests.support import eventually

ACCEPT = "/invitations/acceptance"
SHOP = "https://shop.example/en"


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


async def accepted(api: Api, token: str) -> Any:  # noqa: ANN401 - an answer
    return await Api(api.client, token="none").client.post(  # no staff token goes along
        ACCEPT, json={"token": token}
    )


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


async def shifted(database: Sessions, customer: dict[str, Any], *, hours: float) -> None:
    """Let time pass for a customer's open invitations and mails."""
    by = timedelta(hours=hours)
    async with database.begin() as session:
        for table in (invitation, mail):
            here = table.c.customer_id == UUID(customer["id"])
            values = {"expires_at": table.c.expires_at + by}
            await session.execute(update(table).where(here).values(values))


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


# With a mail server


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    async with mail_server() as box:
        yield box


@pytest.fixture
async def mailing(customers_database: str, mailbox: Mailbox) -> AsyncIterator[Api]:
    """The API of a service that has a mail server."""
    async with open_api(customers_database, smtp_url=mailbox.url) as served:
        yield served


@pytest.fixture
def mailer(database: Sessions, mailbox: Mailbox) -> Mailer:
    server = SmtpServer.of(mailbox.url, mail_from="shop@example.com", timeout=5)
    return Mailer(database, server, timedelta(seconds=5), timedelta(seconds=30))


async def a_mail(api: Api, database: Sessions) -> dict[str, Any]:
    """Somebody who was invited; all other mails of the database are put off."""
    async with database.begin() as session:
        await session.execute(update(mail).values(due_at=func.now() + timedelta(days=1)))
    site = await api.a_site(storefront_url=SHOP, name="Shop of Åsa")
    ann = await api.a_customer(site, first_name="Ann", email="ann@example.com")
    assert (await api.post(f"/customers/{ann['id']}/invitation", {})).status_code == 202
    return ann


async def the_mail(api: Api, customer: dict[str, Any]) -> dict[str, Any]:
    (found,) = (await api.get(f"/mails?customer_id={customer['id']}"))["items"]
    return found


async def due_now(database: Sessions, customer: dict[str, Any]) -> None:
    async with database.begin() as session:
        here = mail.c.customer_id == UUID(customer["id"])
        await session.execute(update(mail).where(here).values(due_at=func.now()))


async def test_a_mail_is_sent_once_and_its_secret_forgotten(
    mailing: Api, database: Sessions, mailbox: Mailbox, mailer: Mailer
) -> None:
    """CU-9, CU-8: no staff member can read the link, before or after."""
    ann = await a_mail(mailing, database)
    assert (await the_mail(mailing, ann))["text"] is None

    assert await mailer.once() == 1
    assert await mailer.once() == 0

    (sent,) = mailbox.mails
    assert sent["To"] == "ann@example.com"
    assert sent["From"] == "Shop of Åsa <shop@example.com>"
    assert sent["Subject"] == "Your account at Shop of Åsa"
    shown = await the_mail(mailing, ann)
    assert (shown["state"], shown["attempts"], shown["trouble"]) == ("sent", 1, None)
    async with database() as session:
        kept = await session.scalar(select(mail.c.text).where(mail.c.mail_id == UUID(shown["id"])))
    assert kept is None
    assert (await accepted(mailing, token_in(sent.get_content()))).status_code == 200


async def test_the_worker_sends_what_is_due(
    customers_database: str, mailing: Api, database: Sessions, mailbox: Mailbox
) -> None:
    """CU-9: beside its messages, until it is told to stop."""
    ann = await a_mail(mailing, database)
    settings = SERVICE.settings.of(
        "customers", database_url=customers_database, smtp_url=mailbox.url
    )
    transport = EmbeddedTransport(EmbeddedHub([]), "customers")

    async def is_sent() -> bool:
        return (await the_mail(mailing, ann))["state"] == "sent"

    async with open_runtime(SERVICE, settings, transport) as runtime, asyncio.TaskGroup() as tasks:
        loop = tasks.create_task(send_mails(runtime))
        await eventually(is_sent)
        loop.cancel()

    assert [sent["To"] for sent in mailbox.mails] == ["ann@example.com"]


async def test_without_a_mail_server_nothing_is_sent(
    customers_database: str, api: Api, database: Sessions
) -> None:
    """CU-9: mails stay where they are read."""
    ann = await a_mail(api, database)
    settings = SERVICE.settings.of("customers", database_url=customers_database)
    transport = EmbeddedTransport(EmbeddedHub([]), "customers")

    async with open_runtime(SERVICE, settings, transport) as runtime:
        await send_mails(runtime)

    assert "token=" in (await the_mail(api, ann))["text"]


async def test_a_mail_that_is_not_taken_is_tried_again(
    mailing: Api, database: Sessions, mailbox: Mailbox, mailer: Mailer
) -> None:
    """CU-9."""
    ann = await a_mail(mailing, database)
    mailbox.answers.append("451 try again later")

    assert await mailer.once() == 1
    shown = await the_mail(mailing, ann)
    assert (shown["state"], shown["attempts"]) == ("waiting", 1)
    assert "451" in shown["trouble"]
    assert await mailer.once() == 0, "it rests first"

    await due_now(database, ann)
    assert await mailer.once() == 1
    assert (await the_mail(mailing, ann))["state"] == "sent"
    assert len(mailbox.mails) == 1


async def test_a_mail_that_will_never_be_taken_is_given_up(
    mailing: Api, database: Sessions, mailbox: Mailbox, mailer: Mailer
) -> None:
    ann = await a_mail(mailing, database)
    mailbox.answers.append("550 no such mailbox")

    await mailer.once()

    shown = await the_mail(mailing, ann)
    assert (shown["state"], shown["sent_at"]) == ("failed", None)
    assert "550" in shown["trouble"]


async def test_a_mail_server_that_is_away_is_waited_for(mailing: Api, database: Sessions) -> None:
    ann = await a_mail(mailing, database)
    away = SmtpServer.of("smtp://127.0.0.1:1", mail_from="shop@example.com", timeout=1)

    await Mailer(database, away, timedelta(seconds=2), timedelta(seconds=30)).once()

    assert (await the_mail(mailing, ann))["state"] == "waiting"


async def test_a_mail_with_an_expired_link_is_not_sent(
    mailing: Api, database: Sessions, mailbox: Mailbox, mailer: Mailer
) -> None:
    ann = await a_mail(mailing, database)
    await shifted(database, ann, hours=-73)

    assert await mailer.once() == 0

    assert (await the_mail(mailing, ann))["state"] == "expired"
    assert mailbox.mails == []


@pytest.mark.parametrize("url", ["http://x", "smtp://", "mail.example.com", "smtp://x:port"])
def test_what_is_no_mail_server_is_refused_at_start(url: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of the standard library too
        SmtpServer.of(url, mail_from="shop@example.com", timeout=1)


def test_a_mail_server_is_read_from_its_url() -> None:
    server = SmtpServer.of("smtps://a%40b:p%3Aw@mail.example", mail_from="x@y.test", timeout=1)

    assert (server.host, server.port, server.secure) == ("mail.example", 465, True)
    assert (server.user, server.password) == ("a@b", "p:w")
