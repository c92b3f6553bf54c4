"""Lists of customers over HTTP: sorted, filtered, searched."""

from typing import Annotated
from uuid import UUID

from chassis.http import Page, Paged, PageQuery, page_of
from chassis.problems import FieldError, Problem
from chassis.requests import Reading
from chassis.scope import Scope
from fastapi import APIRouter, Depends, Query
from sqlalchemy.ext.asyncio import AsyncSession

from customers.api.dependencies import PREFIX, Reader
from customers.api.entries import LevelCode, SiteCode
from customers.queries.customers import (
    SORTS,
    Key,
    Order,
    list_customers,
    list_records,
)
from customers.queries.scoped import set_named, set_of_site
from customers.queries.search import Sought, search_customers
from customers.queries.views import CustomerLine, CustomerView
from customers.queries.wanted import Wanted

router = APIRouter(prefix=f"{PREFIX}/customers", tags=["customers"])

_NOBODY = UUID(int=0)
"""A customer set that there is not."""


async def _wanted(  # noqa: PLR0913 - each is a parameter of the request
    scope: Reader,
    session: Reading,
    *,
    site: Annotated[SiteCode | None, Query(description="Only of this site's customers.")] = None,
    customer_set: Annotated[SiteCode | None, Query(description="Only of this set.")] = None,
    external_reference: Annotated[str | None, Query(max_length=100)] = None,
    level: Annotated[LevelCode | None, Query(description="Code of a level.")] = None,
    registered: Annotated[bool | None, Query(description="Who can sign in, or cannot.")] = None,
    disabled: Annotated[bool | None, Query(description="Who is disabled, or is not.")] = None,
) -> Wanted:
    of_set = None
    if site is not None and (of_set := await set_of_site(scope, session, site)) is None:
        raise _unknown("site", site)
    if customer_set is not None:
        named = await set_named(scope, session, customer_set)
        if named is None:
            raise _unknown("customer_set", customer_set)
        of_set = named if of_set in {None, named} else _NOBODY
    return Wanted(of_set, external_reference, level, registered, disabled)


def _unknown(parameter: str, code: str) -> Problem:
    detail = f"there is no {parameter.replace('_', ' ')} {code}"
    why = f"UNKNOWN_{parameter.upper()}"
    return Problem(404, why, detail, [FieldError(None, why, detail, f"query: {parameter}")])


Filters = Annotated[Wanted, Depends(_wanted, scope="function")]


@router.get("")
async def get_customers(  # noqa: PLR0913 - each is a parameter of the request
    scope: Reader,
    session: Reading,
    page: Paged,
    wanted: Filters,
    *,
    q: Annotated[
        str,
        Query(
            max_length=200,
            description="Beginning of a first or last name, e-mail, company, phone or number; or "
            "a whole order number or id. The best matches come first, whatever the sort.",
        ),
    ] = "",
    sort: Annotated[
        str,
        Query(
            pattern=f"^[-+ ]?({'|'.join(SORTS)})$",
            description="What to sort by; - before it: downwards.",
        ),
    ] = "-created",
) -> Page[CustomerLine]:
    """List customers, or search them; with ``site``, of its customer set only (CS-2, CU-12)."""
    sought = Sought.of(q)
    if sought.prefix:
        return await _search(scope, session, sought, wanted, page)
    order = Order(sort.lstrip("-+ "), descending=sort.startswith("-"))
    after = _after(page, order)
    rows = await list_customers(scope, session, wanted, order, after=after, limit=page.limit + 1)
    found = page_of(rows, page.limit, key=lambda row: _cursor(order, row[0]))
    return Page(items=[line for _, line in found.items], next=found.next)


@router.get("/records")
async def get_records(
    scope: Reader, session: Reading, page: Paged, wanted: Filters
) -> Page[CustomerView]:
    """Give all about customers, the oldest first: what an export reads."""
    (after,) = page.key(UUID) or (None,)
    rows = await list_records(scope, session, wanted, after=after, limit=page.limit + 1)
    return page_of(rows, page.limit, key=lambda row: (row.id,))


async def _search(
    scope: Scope, session: AsyncSession, sought: Sought, wanted: Wanted, page: PageQuery
) -> Page[CustomerLine]:
    key = page.key(str, UUID)
    after = None if key is None else (key[0], key[1])
    limit = page.limit + 1
    rows = await search_customers(scope, session, sought, wanted, after=after, limit=limit)
    found = page_of(rows, page.limit, key=lambda row: row[0])
    return Page(items=[line for _, line in found.items], next=found.next)


def _cursor(order: Order, key: Key) -> tuple[object, ...]:
    return (key[1],) if order.by == "created" else (order.by, *key)


def _after(page: PageQuery, order: Order) -> Key | None:
    """Give the place behind which the page begins; another sort's cursor is refused."""
    if order.by == "created":
        first = page.key(UUID)
        return None if first is None else ("", first[0])
    key = page.key(str, str | bool, UUID)
    if key is not None and (key[0] != order.by or not isinstance(key[1], order.kind)):
        detail = "the cursor is one of a list sorted otherwise"
        wrong = FieldError(None, "INVALID_CURSOR", detail, parameter="query: after")
        raise Problem(422, "INVALID_CURSOR", detail, [wrong])
    return None if key is None else (key[1], key[2])
