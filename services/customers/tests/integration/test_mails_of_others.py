"""Mails that other services have written to customers (PA-5)."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.customers.commands import MailCustomer
from contracts.customers.replies import CustomerMailed, MailRefused
from contracts.message import Reply
from contracts.values import CustomerId, SiteId
from customers.domain.sites import site_id
from customers.handlers.subscriptions import subscriptions
from customers.storage.tables import messaging
from customers.storage.unit_of_work import SqlUnitOfWork
from messaging.outbox import Outbox

from services.customers.tests.api import Api
from services.customers.tests.outbox import Sessions


async def told(database: Sessions, command: MailCustomer) -> Reply | None:
    async with database.begin() as session:
        uow = SqlUnitOfWork(session, Outbox("customers", messaging.outbox))
        return await subscriptions().by_type[command.type].handler(command, uow)


def a_mail(customer: str, site: str) -> MailCustomer:
    return MailCustomer(
        mail_id=uuid4(),
        customer_id=CustomerId(UUID(customer)),
        site_id=SiteId(site_id(site)),
        subject="Your order",
        text="Review it here: https://orders.example/checkout/secret",
        expires_at=datetime.now(UTC) + timedelta(hours=1),
    )


async def mails_to(api: Api, customer: dict[str, Any]) -> list[dict[str, Any]]:
    return (await api.get(f"/mails?customer_id={customer['id']}"))["items"]


async def test_a_mail_is_written_once(api: Api, database: Sessions) -> None:
    """PA-5: to the customer's own address, in the site's name, however often it is asked for."""
    site = await api.a_site(name="Shop of Åsa")
    ann = await api.a_customer(site, email="ann@example.com")
    mail = a_mail(ann["id"], site)

    assert isinstance(await told(database, mail), CustomerMailed)
    assert isinstance(await told(database, mail), CustomerMailed)

    (written,) = await mails_to(api, ann)
    assert (written["recipient"], written["subject"]) == ("ann@example.com", "Your order")
    assert written["text"] == mail.text
    assert written["state"] == "waiting"


@pytest.mark.parametrize(
    ("fields", "code"),
    [({}, "CUSTOMER_HAS_NO_EMAIL"), ({"email": "x@example.com", "is_staff": True}, None)],
)
async def test_who_has_no_address_or_may_not_order_is_not_mailed(
    api: Api, database: Sessions, fields: dict[str, Any], code: str | None
) -> None:
    """PA-5, CU-7: the answer says why, and nothing is written."""
    site = await api.a_site()
    ann = await api.a_customer(site, **fields)

    answer = await told(database, a_mail(ann["id"], site))

    assert isinstance(answer, MailRefused)
    assert answer.code == (code or "CUSTOMER_IS_STAFF")
    assert await mails_to(api, ann) == []


async def test_nobody_is_mailed_after_their_erasure(api: Api, database: Sessions) -> None:
    """PA-5: nor a customer of another set, nor one that nobody knows."""
    site, other = await api.a_site(), await api.a_site()
    ann = await api.a_customer(site, email="ann@example.com")
    strange = await told(database, a_mail(ann["id"], other))
    assert isinstance(strange, MailRefused)
    assert strange.code == "CUSTOMER_SET_MISMATCH"

    await api.post(f"/customers/{ann['id']}/erasure", {})

    gone = await told(database, a_mail(ann["id"], site))
    nobody = await told(database, a_mail(str(uuid4()), site))
    assert isinstance(gone, MailRefused)
    assert isinstance(nobody, MailRefused)
    assert (gone.code, nobody.code) == ("CUSTOMER_ERASED", "UNKNOWN_CUSTOMER")
