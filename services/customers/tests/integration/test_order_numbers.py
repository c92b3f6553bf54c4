"""SE-2: an order's number finds its customer, as the orders service told."""

from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest
from contracts.orders.events import OrderedLine, OrderSubmitted
from contracts.values import CustomerId, CustomerSetId, Money, OrderId, Sku, SubmissionId
from customers.domain.sites import customer_set_id, site_id
from customers.handlers.subscriptions import subscriptions
from customers.storage.tables import messaging
from customers.storage.unit_of_work import SqlUnitOfWork
from messaging.envelope import utc_now
from messaging.outbox import Outbox

from services.customers.tests.api import Api
from services.customers.tests.outbox import Sessions

NUMBER = "UK-7F3K-29QX"


class Orders:
    """The orders service, which tells of what was submitted."""

    def __init__(self, sessions: Sessions) -> None:
        self.sessions = sessions

    async def tell(self, site: str, of_set: str, customer: dict[str, Any], number: str) -> None:
        event = OrderSubmitted(
            order_id=OrderId(uuid4()),
            site_id=site_id(site),
            order_number=number,
            submission_id=SubmissionId(uuid4()),
            customer_set_id=CustomerSetId(customer_set_id(of_set)),
            customer_id=CustomerId(UUID(customer["id"])),
            lines=(OrderedLine(sku=Sku("CHAIR"), units=1, unit_price=100),),
            goods=Money(100, "GBP"),
            shipping=Money(0, "GBP"),
            total=Money(100, "GBP"),
            submitted_at=utc_now(),
        )
        for _ in range(2):  # it may come twice
            async with self.sessions.begin() as session:
                uow = SqlUnitOfWork(session, Outbox("customers", messaging.outbox))
                await subscriptions().by_type[event.type].handler(event, uow)


@pytest.fixture
def orders(database: Sessions) -> Orders:
    return Orders(database)


async def found(api: Api, query: str, **filters: str) -> list[str]:
    extra = "".join(f"&{name}={value}" for name, value in filters.items())
    page = await api.get(f"/customers?q={quote(query)}{extra}")
    return [line["id"] for line in page["items"]]


@pytest.mark.parametrize(
    "typed", [NUMBER, "uk7f3k29qx", "uk 7F3K 29qx", "#UK-7F3K-29QX", " UK-7F3K-29QX "]
)
async def test_an_order_number_finds_its_customer_however_it_is_written(
    api: Api, orders: Orders, typed: str
) -> None:
    """SE-2."""
    site = await api.a_site()
    ann = await api.a_customer(site)
    await api.a_customer(site, first_name="Uk")
    await orders.tell(site, ann["customer_set"], ann, NUMBER)

    assert await found(api, typed, site=site) == [ann["id"]]


async def test_a_part_of_an_order_number_finds_nobody(api: Api, orders: Orders) -> None:
    """SE-2: or one letter would find everybody who ever ordered."""
    site = await api.a_site()
    ann = await api.a_customer(site)
    await orders.tell(site, ann["customer_set"], ann, NUMBER)

    assert await found(api, "UK-7F3K", site=site) == await found(api, "UK", site=site) == []


async def test_an_order_number_finds_nobody_across_customer_sets(api: Api, orders: Orders) -> None:
    """SE-2, CS-2: neither from another set, nor whoever has moved to one since."""
    here, there = await api.a_site(), await api.a_site()
    ann = await api.a_customer(here)
    await orders.tell(here, ann["customer_set"], ann, NUMBER)
    assert await found(api, NUMBER, site=there) == []

    to = await api.set_of(there)
    await api.patch(f"/customers/{ann['id']}", {"customer_set": to})

    assert await found(api, NUMBER, site=here) == await found(api, NUMBER, site=there) == []


async def test_an_order_of_a_site_out_of_reach_finds_nobody(api: Api, orders: Orders) -> None:
    """SC-1: though the customer may be seen otherwise."""
    mine = await api.a_site()
    other = await api.a_site(await api.set_of(mine))
    ann = await api.a_customer(mine)
    await orders.tell(other, ann["customer_set"], ann, NUMBER)

    assert await found(api.staff(mine), NUMBER) == []
    assert await found(api.staff(other), NUMBER) == [ann["id"]]
    assert await found(api.staff(mine), "smith") == [ann["id"]]


async def test_who_is_found_twice_is_listed_once_and_pages_go_on(api: Api, orders: Orders) -> None:
    """SE-2: an order number may be somebody's name as well; whole matches come first."""
    site = await api.a_site()
    names = ("Uk7f3k29qx A", "Uk7f3k29qx B", "Uk7f3k29qx C")
    everybody = [await api.a_customer(site, first_name=name) for name in names]
    await orders.tell(site, everybody[1]["customer_set"], everybody[1], NUMBER)

    seen: list[str] = []
    page = await api.get(f"/customers?site={site}&q=uk7f3k29qx&limit=1")
    while True:
        seen += [line["id"] for line in page["items"]]
        if page["next"] is None:
            break
        page = await api.get(f"/customers?site={site}&q=uk7f3k29qx&limit=1&after={page['next']}")

    assert seen == [everybody[n]["id"] for n in (1, 0, 2)]


async def test_an_order_number_of_letters_alone_finds_its_customer(
    api: Api, orders: Orders
) -> None:
    """SE-2: one in twenty is so."""
    site = await api.a_site()
    ann = await api.a_customer(site)
    await orders.tell(site, ann["customer_set"], ann, "U-ABCD-EFGH")

    assert await found(api, "uabcdefgh", site=site) == [ann["id"]]


async def test_an_id_finds_its_customer(api: Api) -> None:
    """SE-2: in reach."""
    site = await api.a_site()
    ann = await api.a_customer(site)

    assert await found(api, ann["id"]) == await found(api, ann["id"].upper()) == [ann["id"]]
    assert await found(api, ann["id"], site=await api.a_site()) == []
    assert await found(api, str(uuid4())) == []


async def test_filters_hold_for_order_numbers_too(api: Api, orders: Orders) -> None:
    """SE-2, CU-12."""
    site = await api.a_site()
    ann = await api.a_customer(site)
    await orders.tell(site, ann["customer_set"], ann, NUMBER)

    assert await found(api, NUMBER, site=site, disabled="true") == []
    assert await found(api, NUMBER, site=site, disabled="false") == [ann["id"]]
