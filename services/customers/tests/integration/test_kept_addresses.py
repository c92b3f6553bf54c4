"""Addresses that an order has kept in a customer's book."""

from typing import Any
from uuid import UUID, uuid4

from contracts.customers.questions import CheckAddresses, KeepAddresses
from contracts.customers.replies import Address, AddressesFit, AddressesKept, AddressesNotKept
from contracts.message import Reply
from contracts.values import CustomerId
from customers.domain.sites import site_id
from customers.handlers.subscriptions import subscriptions
from customers.storage.tables import messaging
from customers.storage.unit_of_work import SqlUnitOfWork
from messaging.outbox import Outbox
from sqlalchemy import text

from services.customers.tests.api import Api
from services.customers.tests.outbox import Sessions

YORK = Address(
    name="Ann Smith", lines=("1 Walls",), city="York", postal_code="YO1 7HH", country="GB"
)


async def kept(database: Sessions, customer: str, site: str, *addresses: Address) -> Reply | None:
    errand = KeepAddresses(
        errand_id=uuid4(),
        customer_id=CustomerId(UUID(customer)),
        site_id=site_id(site),
        addresses=addresses,
    )
    async with database.begin() as session:
        uow = SqlUnitOfWork(session, Outbox("customers", messaging.outbox))
        return await subscriptions().by_type[errand.type].handler(errand, uow)


async def checked(
    database: Sessions, customer: str, site: str, *addresses: Address
) -> Reply | None:
    question = CheckAddresses(
        customer_id=CustomerId(UUID(customer)), site_id=site_id(site), addresses=addresses
    )
    async with database.begin() as session:
        await session.execute(text("SET TRANSACTION READ ONLY"))
        uow = SqlUnitOfWork(session, Outbox("customers", messaging.outbox))
        return await subscriptions().by_type[question.type].handler(question, uow)


async def cities(api: Api, customer: dict[str, Any]) -> list[str]:
    found = await api.get(f"/customers/{customer['id']}")
    return [address["city"] for address in found["addresses"]]


async def test_an_address_is_kept_once_and_no_default_changes(api: Api, database: Sessions) -> None:
    """FU-5: as a carrier would tell addresses apart."""
    site = await api.a_site()
    ann = await api.a_customer(site)
    before = await cities(api, ann)

    first = await kept(database, ann["id"], site, YORK)
    same = YORK.model_copy(update={"city": "YORK", "postal_code": "yo17hh"})
    again = await kept(database, ann["id"], site, same, same)

    assert isinstance(first, AddressesKept)
    assert first == again
    assert await cities(api, ann) == [*before, "York"]
    found = await api.get(f"/customers/{ann['id']}")
    assert not found["addresses"][-1]["default_shipping"]
    assert found["version"] == first.version == ann["version"] + 1


async def test_an_address_that_is_wrong_for_its_country_is_refused_with_all_others(
    api: Api, database: Sessions
) -> None:
    """FU-5, CU-4."""
    site = await api.a_site()
    ann = await api.a_customer(site)
    before = await cities(api, ann)
    wrong = YORK.model_copy(update={"postal_code": "12345"})

    refused = await kept(database, ann["id"], site, YORK, wrong)

    assert isinstance(refused, AddressesNotKept)
    assert (refused.code, [*refused.faults]) == ("ADDRESS_INVALID", ["/addresses/1/postal_code"])
    assert await cities(api, ann) == before


async def test_a_customer_who_cannot_be_ordered_for_keeps_none(
    api: Api, database: Sessions
) -> None:
    """CS-3, FU-5."""
    site, elsewhere = await api.a_site(), await api.a_site()
    ann = await api.a_customer(site)
    codes = [
        reply.code
        for reply in (
            await kept(database, ann["id"], elsewhere, YORK),
            await kept(database, str(uuid4()), site, YORK),
        )
        if isinstance(reply, AddressesNotKept)
    ]
    assert codes == ["CUSTOMER_SET_MISMATCH", "UNKNOWN_CUSTOMER"]


async def test_a_rehearsal_tells_what_would_be_refused_and_keeps_nothing(
    api: Api, database: Sessions
) -> None:
    """FU-5, OB-1: the same refusal, field by field, as of addresses that are to be kept."""
    site, elsewhere = await api.a_site(), await api.a_site()
    ann = await api.a_customer(site)
    before = await cities(api, ann)
    wrong = YORK.model_copy(update={"postal_code": "12345"})

    assert isinstance(await checked(database, ann["id"], site, YORK), AddressesFit)
    for where, address in ((site, wrong), (elsewhere, YORK)):
        refused = await checked(database, ann["id"], where, address)
        assert isinstance(refused, AddressesNotKept)
        assert refused == await kept(database, ann["id"], where, address)
    many = [YORK.model_copy(update={"lines": (f"{number} Walls",)}) for number in range(200)]
    full = await checked(database, ann["id"], site, *many)
    assert isinstance(full, AddressesNotKept)
    assert full == await kept(database, ann["id"], site, *many)
    assert await cities(api, ann) == before
