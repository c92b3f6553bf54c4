import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from chassis.service import open_runtime
from customers.gateways.mailer import Mailer
from customers.gateways.smtp import SmtpServer
from customers.main import SERVICE, send_mails
from customers.storage.tables import mail
from messaging.embedded import EmbeddedHub, EmbeddedTransport
from sqlalchemy import func, select, update
from structlog.testing import capture_logs

from services.customers.tests.api import Api, open_api
from services.customers.tests.mailbox import (
    SHOP,
    Mailbox,
    accepted,
    mail_server,
    shifted,
    token_in,
)
from services.customers.tests.outbox import Sessions
from tests.support import eventually


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


@pytest.mark.parametrize("answer", ["450 <ann@example.com> is greylisted", "550 no ann there"])
@pytest.mark.parametrize("step", ["turns_away", "answers"])
async def test_no_address_of_a_customer_gets_into_a_log(
    mailing: Api, database: Sessions, mailbox: Mailbox, step: str, answer: str
) -> None:
    """CU-9: no erasure reaches a log; the mail itself says more, while it is there."""
    ann = await a_mail(mailing, database)
    getattr(mailbox, step).append(answer)
    server = SmtpServer.of(mailbox.url, mail_from="shop@example.com", timeout=5)

    with capture_logs() as logs:
        await Mailer(database, server, timedelta(seconds=5), timedelta(seconds=30)).once()

    shown = await the_mail(mailing, ann)
    assert answer[:3] in shown["trouble"]
    (line,) = logs
    assert (line["mail_id"], answer[:3] in line["trouble"]) == (shown["id"], True)
    assert "ann" not in str(line)


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
