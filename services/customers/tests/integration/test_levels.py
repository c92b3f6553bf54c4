from typing import Any
from uuid import uuid4

import pytest
from contracts.customers.questions import CheckLevels
from contracts.customers.replies import LevelOfSite, LevelsChecked
from contracts.values import SiteId
from customers.domain.sites import site_id
from customers.handlers.subscriptions import subscriptions
from customers.storage.tables import messaging
from customers.storage.unit_of_work import SqlUnitOfWork
from messaging.outbox import Outbox
from sqlalchemy import text

from services.customers.tests.api import Api, a_customer_body, problem
from services.customers.tests.outbox import Sessions, told


async def test_a_level_is_made_renamed_listed_and_told(api: Api, database: Sessions) -> None:
    """CU-14."""
    of_set = await api.a_set()
    path = f"/customer-sets/{of_set}/levels"
    await api.a_level(of_set)
    again = await api.put(f"{path}/trade", {"name": "Trade"})
    renamed = await api.put(f"{path}/trade", {"name": " Dealers "}, If_Match='"1"')
    await api.a_level(of_set, "gold")

    assert (again.status_code, again.headers["ETag"]) == (200, '"1"')
    assert (renamed.status_code, renamed.headers["ETag"]) == (200, '"2"')
    trade = await api.get(f"{path}/trade")
    assert trade == renamed.json() == {**trade, "customer_set": of_set, "name": "Dealers"}
    first = await api.get(f"{path}?limit=1")
    rest = await api.get(f"{path}?limit=1&after={first['next']}")
    assert [level["code"] for level in first["items"] + rest["items"]] == ["gold", "trade"]
    events = await told(database, trade["id"])
    assert [(e.type, e.sequence, e.data["code"], e.data["name"]) for e in events] == [
        ("customers.customer-level-changed.v1", 1, "trade", "Trade"),
        ("customers.customer-level-changed.v1", 2, "trade", "Dealers"),
    ]


async def test_a_customer_is_in_one_level_of_their_set(api: Api, database: Sessions) -> None:
    """CU-14: and everyone is told, for it decides prices."""
    site, other = await api.a_site(), await api.a_site()
    level = await api.a_level(await api.set_of(site))
    await api.a_level(await api.set_of(other), "gold")

    ann = await api.a_customer(site, level=level)

    assert ann["level"] == level
    assert (await told(database, ann["id"]))[-1].data["level"] == level
    foreign = await api.patch(f"/customers/{ann['id']}", {"level": "gold"})
    assert problem(foreign, 422, "INVALID_REQUEST", "/level")["errors"][0]["code"] == (
        "UNKNOWN_LEVEL"
    )
    answer = await api.post("/customers", a_customer_body(site, level="gold"))
    problem(answer, 422, "INVALID_REQUEST", "/level")
    none = await api.patch(f"/customers/{ann['id']}", {"level": None})
    assert none.json()["level"] is None


@pytest.mark.parametrize(("asked", "kept"), [({}, None), ({"level": "gold"}, "gold")])
async def test_a_level_does_not_follow_to_a_set_without_it(
    api: Api, asked: dict[str, Any], kept: str | None
) -> None:
    """CU-14, CS-4: it is cleared, unless a level of that set is given."""
    site, other = await api.a_site(), await api.a_site()
    to = await api.set_of(other)
    ann = await api.a_customer(site, level=await api.a_level(await api.set_of(site)))
    await api.a_level(to, "gold")

    moved = await api.patch(f"/customers/{ann['id']}", {"customer_set": to, **asked})

    assert (moved.json()["customer_set"], moved.json()["level"]) == (to, kept)


async def test_a_level_follows_to_a_set_that_has_one_of_its_code(api: Api) -> None:
    """CU-14, CS-4."""
    site, other = await api.a_site(), await api.a_site()
    to = await api.set_of(other)
    ann = await api.a_customer(site, level=await api.a_level(await api.set_of(site)))
    await api.a_level(to)

    moved = await api.patch(f"/customers/{ann['id']}", {"customer_set": to})

    assert moved.json()["level"] == "trade"


async def test_levels_of_a_set_out_of_reach_are_not_there(api: Api) -> None:
    """SC-1."""
    mine, other = await api.a_site(), await api.a_site()
    path = f"/customer-sets/{await api.set_of(other)}/levels"
    await api.a_level(await api.set_of(other))
    clerk = api.staff(mine)

    problem(await clerk.call("GET", path), 404, "NOT_FOUND")
    problem(await clerk.call("GET", f"{path}/trade"), 404, "NOT_FOUND")
    problem(await clerk.put(f"{path}/trade", {"name": "X"}), 404, "NOT_FOUND")
    reader = api.staff(other, permissions=["customers.read"])
    problem(await reader.put(f"{path}/trade", {"name": "X"}), 403, "PERMISSION_DENIED")


async def test_what_is_no_level_is_refused(api: Api) -> None:
    path = f"/customer-sets/{await api.a_set()}/levels"

    problem(await api.put(f"{path}/gold", {"name": " "}), 422, "INVALID_REQUEST", "/name")
    problem(await api.put(f"{path}/G", {"name": "X"}), 422, "INVALID_REQUEST")
    problem(await api.put(f"{path}/gold", {"name": "X"}, If_Match='"1"'), 404, "NOT_FOUND")
    problem(await api.call("GET", f"{path}/gold"), 404, "NOT_FOUND")
    await api.put(f"{path}/gold", {"name": "X"})
    stale = await api.put(f"{path}/gold", {"name": "Y"}, If_Match='"2"')
    assert problem(stale, 412, "STALE")["current"]["name"] == "X"


async def test_others_ask_which_levels_there_are(api: Api, database: Sessions) -> None:
    """CU-14, CP-4: in the customer set of each site; one of another set's is not."""
    site, other = await api.a_site(), await api.a_site()
    await api.a_level(await api.set_of(site))
    asked = [(site_id(site), "trade"), (site_id(site), "tarde"), (site_id(other), "trade")]
    asked.append((SiteId(uuid4()), "trade"))
    levels = tuple(LevelOfSite(site_id=at, code=code) for at, code in asked)
    question = CheckLevels(levels=(*levels, levels[1]))
    async with database.begin() as session:
        await session.execute(text("SET TRANSACTION READ ONLY"))
        uow = SqlUnitOfWork(session, Outbox("customers", messaging.outbox))
        answer = await subscriptions().by_type[question.type].handler(question, uow)
    assert answer == LevelsChecked(unknown=levels[1:])
