from collections.abc import Generator
from contextlib import contextmanager
from uuid import UUID, uuid4

import pytest
from contracts.customers.commands import VerifyCustomer
from contracts.customers.questions import DescribeCustomer, FindCustomer
from contracts.customers.replies import (
    CustomerDescribed,
    CustomerNotFound,
    CustomerRefused,
    CustomerVerified,
)
from contracts.message import Message, Reply
from contracts.values import CustomerId, OrderId, SiteId
from customers.domain.sites import site_id
from customers.handlers.subscriptions import subscriptions
from customers.storage.tables import customer, messaging
from customers.storage.unit_of_work import SqlUnitOfWork
from messaging.outbox import Outbox
from sqlalchemy import Engine, event, update

from services.customers.tests.api import Api, a_site_body, an_address_body
from services.customers.tests.outbox import Sessions


class Orders:
    """What the orders service asks, answered over a real database."""

    def __init__(self, sessions: Sessions) -> None:
        self.sessions = sessions

    async def verify(self, customer_id: str, site: SiteId) -> Reply | None:
        order = OrderId(uuid4())
        who = CustomerId(UUID(customer_id))
        return await self._ask(VerifyCustomer(order_id=order, customer_id=who, site_id=site))

    async def describe(self, customer_id: str, site: SiteId) -> Reply | None:
        who = CustomerId(UUID(customer_id))
        return await self._ask(DescribeCustomer(customer_id=who, site_id=site))

    async def find(self, reference: str, site: SiteId) -> Reply | None:
        return await self._ask(FindCustomer(site_id=site, external_reference=reference))

    async def _ask(self, message: Message) -> Reply | None:
        async with self.sessions.begin() as session:
            uow = SqlUnitOfWork(session, Outbox("customers", messaging.outbox))
            return await subscriptions().by_type[message.type].handler(message, uow)


@pytest.fixture
def orders(database: Sessions) -> Orders:
    return Orders(database)


async def refusal(orders: Orders, customer_id: str, site: SiteId) -> str:
    """Give the code of the refusal, which both the command and the question are given."""
    verified = await orders.verify(customer_id, site)
    described = await orders.describe(customer_id, site)
    assert isinstance(verified, CustomerRefused)
    assert verified == described
    assert verified.detail
    return verified.code


async def test_a_customer_of_the_sites_set_may_order(api: Api, orders: Orders) -> None:
    """CS-3: on every site of the set."""
    site = await api.a_site()
    ann = await api.a_customer(site)
    sister = await api.a_site(ann["customer_set"])

    for code in (site, sister):
        verified = await orders.verify(ann["id"], site_id(code))
        assert verified == CustomerVerified(customer_id=CustomerId(UUID(ann["id"])))


async def test_a_customer_is_described_as_an_order_needs_it(api: Api, orders: Orders) -> None:
    """CU-2: with the default addresses."""
    site = await api.a_site()
    ann = await api.a_customer(site, email="ann@example.com")
    await api.post(
        f"/customers/{ann['id']}/addresses",
        an_address_body(city="Leeds", default_shipping=True, phone="0113 496 0000"),
    )

    described = await orders.describe(ann["id"], site_id(site))

    assert isinstance(described, CustomerDescribed)
    assert (described.name, described.email) == ("Ann Smith", "ann@example.com")
    assert described.billing_address is not None
    assert described.billing_address.city == "London"
    assert described.shipping_address is not None
    assert described.shipping_address.city == "Leeds"
    assert described.shipping_address.phone == "+441134960000"


async def test_an_order_for_a_customer_of_another_set_is_refused(api: Api, orders: Orders) -> None:
    """CS-3."""
    ann = await api.a_customer(await api.a_site())

    assert await refusal(orders, ann["id"], site_id(await api.a_site())) == "CUSTOMER_SET_MISMATCH"


async def test_a_moved_customer_or_site_is_refused_from_then_on(api: Api, orders: Orders) -> None:
    """CS-4, CS-5."""
    site = await api.a_site()
    ann, bob = await api.a_customer(site), await api.a_customer(site)
    other = await api.a_set()

    await api.patch(f"/customers/{ann['id']}", {"customer_set": other})
    assert await refusal(orders, ann["id"], site_id(site)) == "CUSTOMER_SET_MISMATCH"

    terms = await api.get(f"/sites/{site}")
    body = {name: terms[name] for name in ("name", "country", "currency", "time_zone")}
    await api.put(f"/sites/{site}", {**body, "customer_set": other})
    assert await refusal(orders, bob["id"], site_id(site)) == "CUSTOMER_SET_MISMATCH"
    assert isinstance(await orders.verify(ann["id"], site_id(site)), CustomerVerified)


async def test_an_order_for_a_staff_account_is_refused(api: Api, orders: Orders) -> None:
    """CU-7: at attach and at submission."""
    site = await api.a_site()
    ann = await api.a_customer(site, is_staff=True)

    assert await refusal(orders, ann["id"], site_id(site)) == "CUSTOMER_IS_STAFF"


async def test_an_order_for_a_disabled_customer_is_refused(api: Api, orders: Orders) -> None:
    """SE-5."""
    site = await api.a_site()
    ann = await api.a_customer(site)
    await api.call("POST", f"/customers/{ann['id']}/disabling", {"disabled": True})

    assert await refusal(orders, ann["id"], site_id(site)) == "CUSTOMER_DISABLED"


async def test_an_order_for_an_incomplete_customer_is_refused(
    api: Api, orders: Orders, database: Sessions
) -> None:
    """CU-1, SE-5: such as another system may have left behind."""
    site = await api.a_site()
    ann = await api.a_customer(site)
    async with database.begin() as session:
        here = customer.c.customer_id == UUID(ann["id"])
        await session.execute(update(customer).where(here).values(phones=[], complete=False))

    assert await refusal(orders, ann["id"], site_id(site)) == "CUSTOMER_INCOMPLETE"


async def test_an_order_for_an_erased_customer_is_refused(api: Api, orders: Orders) -> None:
    """SE-5."""
    site = await api.a_site()
    ann = await api.a_customer(site)
    await api.call("POST", f"/customers/{ann['id']}/erasure")

    assert await refusal(orders, ann["id"], site_id(site)) == "CUSTOMER_ERASED"


async def test_no_order_is_taken_on_an_inactive_site(api: Api, orders: Orders) -> None:
    """CS-1: it cannot be chosen; again when it is active again."""
    site = await api.a_site()
    ann = await api.a_customer(site)
    terms = a_site_body(ann["customer_set"])

    await api.put(f"/sites/{site}", {**terms, "active": False})
    assert await refusal(orders, ann["id"], site_id(site)) == "SITE_INACTIVE"
    await api.put(f"/sites/{site}", terms)
    assert isinstance(await orders.verify(ann["id"], site_id(site)), CustomerVerified)


async def test_prices_and_taxes_are_told_what_they_depend_on(api: Api, orders: Orders) -> None:
    """CU-14, CU-11, CU-9."""
    site = await api.a_site()
    level = await api.a_level(await api.set_of(site))
    ann = await api.a_customer(
        site, level=level, tax_id="GB980780684", tax_exempt=True, company="Acme"
    )

    described = await orders.describe(ann["id"], site_id(site))

    assert isinstance(described, CustomerDescribed)
    assert (described.number, described.company) == (ann["number"], "Acme")
    assert (described.level, described.is_registered) == ("trade", False)
    assert (described.tax_id, described.tax_exempt) == ("GB980780684", True)


async def test_what_is_not_there_is_refused(api: Api, orders: Orders) -> None:
    site = await api.a_site()
    ann = await api.a_customer(site)

    assert await refusal(orders, str(uuid4()), site_id(site)) == "UNKNOWN_CUSTOMER"
    assert await refusal(orders, ann["id"], site_id("no-such-site")) == "UNKNOWN_SITE"


async def test_one_statement_answers(api: Api, orders: Orders) -> None:
    """They are on the path of every order."""
    site = await api.a_site()
    ann = await api.a_customer(site)

    with statements() as verifying:
        await orders.verify(ann["id"], site_id(site))
    with statements() as describing:
        await orders.describe(ann["id"], site_id(site))

    assert [len(verifying), len(describing)] == [1, 1], (verifying, describing)


@contextmanager
def statements() -> Generator[list[str]]:
    """Collect the statements that are executed meanwhile."""
    seen: list[str] = []

    def note(*execution: object) -> None:
        seen.append(str(execution[2]))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def test_a_customer_is_found_by_another_systems_name(api: Api, orders: Orders) -> None:
    """OB-1, CS-3: within the site's set only, and told as if asked for by id."""
    site, elsewhere = await api.a_site(), await api.a_site()
    ann = await api.a_customer(site, external_reference="crm-1")
    await api.a_customer(site, external_reference="crm-2", is_staff=True)

    assert await orders.find("crm-1", site_id(site)) == await orders.describe(
        ann["id"], site_id(site)
    )
    staff = await orders.find("crm-2", site_id(site))
    assert isinstance(staff, CustomerRefused)
    assert staff.code == "CUSTOMER_IS_STAFF"
    missing = [
        await orders.find("crm-1", site_id(elsewhere)),
        await orders.find("crm-9", site_id(site)),
        await orders.find("crm-1", site_id("no-such-site")),
    ]
    codes = [one.code for one in missing if isinstance(one, CustomerNotFound)]
    assert codes == ["UNKNOWN_CUSTOMER", "UNKNOWN_CUSTOMER", "UNKNOWN_SITE"]
