"""SE-6: what is read on the way of a search does not grow with the number of customers.

The planner is told that reading whole tables is dear, as it is with a million rows: what it does
then anyway, it has no index for.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest
from chassis.scope import Scope
from contracts.values import CustomerId, StaffId
from customers.domain.sites import customer_set_id, site_id
from customers.queries.customers import (
    SORTS,
    Order,
    duplicates,
    list_customers,
    list_records,
)
from customers.queries.search import Sought, search_customers
from customers.queries.wanted import Wanted
from messaging.direct import driver_of
from sqlalchemy import Engine, event, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.customers.tests.api import Api
from services.customers.tests.outbox import Sessions

LARGE = {"customer", "search_term", "customer_order"}
FEW = {"customer_disabled"}
"""Indexes of few customers: to read one of those whole is to read what is asked for."""
CLERK = Scope(StaffId("clerk"), frozenset(), frozenset({site_id("uk")}))
EVERYONE = Scope(StaffId("boss"), frozenset(), None)
HERE = Wanted(of_set=customer_set_id("retail"))
PLACE = ("smith", uuid4())

Read = Callable[[AsyncSession], Awaitable[Any]]


def searching(query: str, scope: Scope = CLERK, wanted: Wanted = HERE) -> Read:
    sought = Sought.of(query)
    return lambda session: search_customers(scope, session, sought, wanted, after=PLACE, limit=51)


def listing(wanted: Wanted, order: Order | None = None) -> Read:
    order = order or Order()
    after = (True, uuid4()) if order.kind is bool else PLACE
    return lambda session: list_customers(EVERYONE, session, wanted, order, after=after, limit=51)


READS: dict[str, Read] = {
    "search by a beginning": searching("smi"),
    "search everywhere": searching("smi", EVERYONE, Wanted()),
    "search by order number": searching("UK-7F3K-29QX"),
    "search by id": searching(str(uuid4())),
    "search among few": searching("smi", wanted=Wanted(disabled=True)),
    **{f"list by {sort}": listing(HERE, Order(sort)) for sort in SORTS},
    "list by level": listing(Wanted(level="gold")),
    "list the disabled": listing(Wanted(disabled=True)),
    "list the registered": listing(Wanted(registered=True)),
    "find a reference": listing(Wanted(external_reference="1")),
    "read all": lambda session: list_records(CLERK, session, HERE, after=uuid4(), limit=201),
}


@pytest.fixture
async def session(database: Sessions) -> AsyncIterator[AsyncSession]:
    async with database() as opened:
        await opened.execute(text("SET LOCAL enable_seqscan = off"))
        yield opened


async def plans(read: Read, session: AsyncSession) -> list[dict[str, Any]]:
    """Give the steps of all plans that a read is carried out by."""
    seen: list[tuple[str, Any]] = []

    def note(*execution: Any) -> None:  # noqa: ANN401 - as the driver has it
        seen.append((execution[2], execution[3]))

    def note_direct(execution: Any) -> None:  # noqa: ANN401 - as asyncpg has it
        seen.append((execution.query, tuple(execution.args)))

    connection = await session.connection()
    driver: Any = await driver_of(connection)
    event.listen(Engine, "before_cursor_execute", note)
    try:
        with driver.query_logger(note_direct):
            await read(session)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert seen
    found: list[dict[str, Any]] = []
    for statement, parameters in seen:
        rows = await connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
        (explained,) = rows.scalar_one()
        found += steps(explained["Plan"])
    return found


def steps(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(step for below in plan.get("Plans", ()) for step in steps(below))]


def whole_reads(found: list[dict[str, Any]]) -> list[str]:
    """Name the large tables that are read from end to end, with an index or without."""
    return [
        f"{step['Node Type']} {step['Relation Name']}"
        for step in found
        if step.get("Relation Name") in LARGE and "Scan" in step["Node Type"]
        if "Index Cond" not in step and "Recheck Cond" not in step
        if step.get("Index Name") not in FEW
    ]


@pytest.mark.parametrize("name", READS)
async def test_no_large_table_is_read_from_end_to_end(session: AsyncSession, name: str) -> None:
    """SE-6."""
    assert whole_reads(await plans(READS[name], session)) == []


async def test_nor_is_one_for_duplicates(api: Api, session: AsyncSession) -> None:
    """SE-6, CU-13."""
    ann = await api.a_customer(await api.a_site())

    found = await plans(lambda s: duplicates(EVERYONE, s, CustomerId(ann["id"])), session)

    assert whole_reads(found) == []


async def test_a_read_without_an_index_is_noticed(session: AsyncSession) -> None:
    """SE-6: the check has failed once on a planted fault."""
    found = await plans(
        lambda s: s.execute(text("SELECT 1 FROM customer WHERE company = 'Acme'")), session
    )

    assert whole_reads(found)
