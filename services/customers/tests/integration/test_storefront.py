import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.customers.commands import KeepCustomer
from contracts.customers.replies import Address, CustomerKept, CustomerNotKept
from contracts.message import Reply
from contracts.values import SiteId
from customers.domain.sites import site_id
from customers.handlers.subscriptions import subscriptions
from customers.storage.tables import messaging
from customers.storage.unit_of_work import SqlUnitOfWork
from messaging.outbox import Outbox

from services.customers.tests.api import Api, an_address_body, problem
from services.customers.tests.outbox import Sessions, told

PATH = "/storefront-customers"


def a_checkout(site: str, **fields: object) -> dict[str, Any]:
    return {
        "site": site,
        "external_reference": "shop-1",
        "email": "ann@example.com",
        "first_name": "Ann",
        "last_name": "Smith",
        "phones": {"mobile": "07700 900123"},
        "billing_address": an_address_body(),
        "shipping_address": an_address_body(),
        **fields,
    }


async def kept(api: Api, body: dict[str, Any], status: int = 200) -> dict[str, Any]:
    answer = await api.put(PATH, body)
    assert answer.status_code == status, answer.text
    return answer.json()


async def test_a_checkout_makes_the_customer_who_is_listed_at_once(
    api: Api, database: Sessions
) -> None:
    """CU-10: with both default addresses, which are one here."""
    site = await api.a_site()

    ann = await kept(api, a_checkout(site, is_registered=True), 201)

    assert (ann["number"], ann["is_registered"], ann["choosable"]) == ("C-000001", True, True)
    assert ann["phones"] == [{"kind": "mobile", "number": "+447700900123"}]
    (address,) = ann["addresses"]
    assert (address["default_billing"], address["default_shipping"]) == (True, True)
    assert [line["id"] for line in (await api.get(f"/customers?site={site}"))["items"]] == [
        ann["id"]
    ]
    assert len(await told(database, ann["id"])) == 1


async def test_the_next_checkout_finds_them_and_adds_what_is_new(api: Api) -> None:
    """CU-10: a default stays the default; what is the same is not added again."""
    site = await api.a_site()
    ann = await kept(api, a_checkout(site), 201)
    leeds = an_address_body(city="Leeds", postal_code="LS1 1AA")

    same = await kept(api, a_checkout(site, email="ANN@example.com"))
    more = await kept(
        api,
        a_checkout(
            site,
            last_name="Jones",
            phones={"home": "020 7946 0000"},
            shipping_address=leeds,
            billing_address=an_address_body(lines=["12 EXAMPLE square"], postal_code="sw1y4lb"),
        ),
    )

    assert same["id"] == more["id"] == ann["id"]
    assert (len(same["addresses"]), same["last_name"]) == (1, "Smith")
    assert more["last_name"] == "Jones"
    assert [phone["kind"] for phone in more["phones"]] == ["mobile", "home"]
    first, second = more["addresses"]
    assert first == ann["addresses"][0]
    assert (second["city"], second["default_shipping"]) == ("Leeds", False)


async def test_the_same_again_is_no_change(api: Api, database: Sessions) -> None:
    site = await api.a_site()
    ann = await kept(api, a_checkout(site), 201)

    assert await kept(api, a_checkout(site)) == ann
    assert len(await told(database, ann["id"])) == 1


async def test_the_reference_tells_who_it_is_else_the_email(api: Api) -> None:
    """CU-10: in the site's set; a customer whom staff have made is found by e-mail."""
    site = await api.a_site()
    sister = await api.a_site(await api.set_of(site))
    ann = await api.a_customer(site, email="Ann@Example.com", company="Acme")

    found = await kept(api, a_checkout(sister))
    renamed = await kept(api, a_checkout(site, email="ann.smith@example.com"))
    guest = await kept(
        api, a_checkout(site, external_reference=None, email="ANN.SMITH@example.com")
    )

    assert found["id"] == renamed["id"] == guest["id"] == ann["id"]
    assert (found["external_reference"], found["company"]) == ("shop-1", "Acme")
    assert (renamed["email"], guest["external_reference"]) == ("ann.smith@example.com", "shop-1")
    assert (await kept(api, a_checkout(await api.a_site()), 201))["id"] != ann["id"]


async def test_nobody_is_found_by_what_is_not_told(api: Api) -> None:
    """CU-10: a customer without a reference is not meant by a checkout without one."""
    site = await api.a_site()
    ann = await api.a_customer(site)

    bob = await kept(api, a_checkout(site, external_reference=None, email="bob@example.com"), 201)
    cyd = await kept(api, a_checkout(site, external_reference="cyd", email=None), 201)

    assert len({ann["id"], bob["id"], cyd["id"]}) == 3


async def test_an_email_of_somebody_else_is_refused(api: Api) -> None:
    """CS-6, CU-13: and who has it is told."""
    site = await api.a_site()
    ann = await kept(api, a_checkout(site), 201)
    await kept(api, a_checkout(site, external_reference="2", email="bob@example.com"), 201)

    third = await api.put(PATH, a_checkout(site, external_reference="3"))
    assert problem(third, 409, "EMAIL_TAKEN", "/email")["customer_id"] == ann["id"]
    second = await api.put(PATH, a_checkout(site, external_reference="2"))
    assert problem(second, 409, "EMAIL_TAKEN", "/email")["customer_id"] == ann["id"]


async def test_without_a_phone_a_customer_is_kept_and_incomplete(api: Api) -> None:
    """CU-1, SE-5: the sale is not lost, and staff see what is missing."""
    made = await kept(api, a_checkout(await api.a_site(), phones={}), 201)

    assert (made["blocked"], made["choosable"]) == ("CUSTOMER_INCOMPLETE", False)


async def test_who_is_incomplete_is_corrected_in_whatever_is_known(api: Api) -> None:
    """CU-6, CU-11, SE-5: a no to offers does not wait for a phone number."""
    made = await kept(api, a_checkout(await api.a_site(), phones={}), 201)
    other = (await api.get(f"/sites/{await api.a_site()}"))["customer_set"]
    path = f"/customers/{made['id']}"
    said = {"granted": False, "source": "mail"}

    corrected = await api.patch(path, {"email": "new@example.com", "marketing_consent": said})
    moved = await api.patch(path, {"customer_set": other})
    emptied = await api.patch(path, {"phones": []})

    assert corrected.status_code == 200, corrected.text
    assert corrected.json()["email"] == "new@example.com"
    assert corrected.json()["marketing_consent"]["granted"] is False
    assert moved.status_code == 200, moved.text
    assert moved.json()["blocked"] == "CUSTOMER_INCOMPLETE"
    problem(emptied, 422, "INVALID_REQUEST", "/phones")


async def test_all_that_is_wrong_is_told_at_once(api: Api) -> None:
    """CU-3, CU-10."""
    body = a_checkout(
        await api.a_site(),
        external_reference=None,
        email=" ",
        first_name="",
        phones={"mobile": "1", "tel/fax": "2"},
        billing_address=an_address_body(postal_code="1"),
        shipping_address=an_address_body(country="UK"),
    )

    answer = await api.put(PATH, body)

    problem(
        answer,
        422,
        "INVALID_REQUEST",
        *("/email", "/first_name", "/phones/mobile", "/phones/tel~1fax"),
        *("/billing_address/postal_code", "/shipping_address/country"),
    )


async def test_a_storefront_neither_touches_staff_nor_sites_out_of_reach(api: Api) -> None:
    """CU-7, SC-1."""
    site = await api.a_site()
    await api.a_customer(site, email="ann@example.com", is_staff=True)

    problem(await api.put(PATH, a_checkout(site)), 409, "CUSTOMER_IS_STAFF")
    for code in ("none", await api.a_site()):
        answer = await api.staff(site).put(PATH, a_checkout(code))
        problem(answer, 422, "INVALID_REQUEST", "/site")
    reader = api.staff(site, permissions=["customers.read"])
    problem(await reader.put(PATH, a_checkout(site)), 403, "PERMISSION_DENIED")


async def test_many_checkouts_of_one_customer_make_one(api: Api) -> None:
    """CU-10, CS-6."""
    site = await api.a_site()

    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(api.put(PATH, a_checkout(site))) for _ in range(6)]

    answers = [task.result() for task in running]
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1


class Storefront:
    """A storefront that tells of its customers by message, over a real database."""

    def __init__(self, sessions: Sessions) -> None:
        self.sessions = sessions

    async def tell(self, site: SiteId, **fields: Any) -> Reply | None:  # noqa: ANN401
        address = Address(**an_address_body())
        known: dict[str, Any] = {
            "email": "ann@example.com",
            "first_name": "Ann",
            "last_name": "Smith",
            "phones": {"mobile": "+447700900123"},
            "billing_address": address,
            "shipping_address": address,
            **fields,
        }
        command = KeepCustomer(site_id=site, **known)
        async with self.sessions.begin() as session:
            outbox = Outbox("customers", messaging.outbox)
            uow = SqlUnitOfWork(session, outbox)
            reply = await subscriptions().by_type[command.type].handler(command, uow)
            await outbox.write(session)
            return reply


@pytest.fixture
def storefront(database: Sessions) -> Storefront:
    return Storefront(database)


async def test_a_storefront_may_tell_by_message_too(api: Api, storefront: Storefront) -> None:
    """CU-10."""
    site = await api.a_site()

    made = await storefront.tell(site_id(site))
    again = await storefront.tell(site_id(site), last_name="Jones", is_registered=True)

    assert isinstance(made, CustomerKept)
    assert isinstance(again, CustomerKept)
    assert (made.created, made.version) == (True, 1)
    assert (again.created, again.version, again.customer_id) == (False, 2, made.customer_id)
    ann = await api.get(f"/customers/{made.customer_id}")
    assert (ann["last_name"], ann["is_registered"]) == ("Jones", True)


async def test_what_is_not_kept_is_told_with_its_faults(api: Api, storefront: Storefront) -> None:
    """CU-10, CU-3."""
    site = site_id(await api.a_site())
    nowhere = await storefront.tell(SiteId(uuid4()))
    assert isinstance(nowhere, CustomerNotKept)
    assert nowhere.code == "UNKNOWN_SITE"

    wrong = await storefront.tell(site, email="ann", phones={"home": "1"})
    assert isinstance(wrong, CustomerNotKept)
    assert (wrong.code, wrong.faults) == (
        "CUSTOMER_INVALID",
        {"/email": "EMAIL_FORMAT", "/phones/home": "PHONE_IMPOSSIBLE"},
    )

    await storefront.tell(site, external_reference="1")
    taken = await storefront.tell(site, external_reference="2")
    assert isinstance(taken, CustomerNotKept)
    assert (taken.code, taken.faults) == ("CUSTOMER_INVALID", {"/email": "EMAIL_TAKEN"})


async def test_a_staff_account_is_not_changed_by_message(api: Api, storefront: Storefront) -> None:
    """CU-7."""
    site = await api.a_site()
    eve = await api.a_customer(site, email="ann@example.com", is_staff=True)

    refused = await storefront.tell(site_id(site), last_name="Jones")

    assert isinstance(refused, CustomerNotKept)
    assert refused.code == "CUSTOMER_IS_STAFF"
    assert (await api.get(f"/customers/{UUID(eve['id'])}"))["last_name"] == "Smith"
