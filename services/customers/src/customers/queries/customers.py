"""Customers as staff see them: those of the customer sets of their sites."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from chassis.scope import Scope
from contracts.values import CustomerId
from sqlalchemy import (
    ColumnElement,
    FromClause,
    Row,
    Select,
    Uuid,
    bindparam,
    literal,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncSession

from customers.domain.search import twin_terms
from customers.queries.scoped import sets_in
from customers.queries.views import CustomerLine, CustomerView
from customers.queries.wanted import LIMIT, SHAPES, Shape, Wanted, values_of
from customers.storage.documents import customer_of
from customers.storage.tables import customer as customers
from customers.storage.tables import customer_set as sets
from customers.storage.tables import search_term

SORTS: dict[str, ColumnElement[str] | ColumnElement[bool] | None] = {
    "created": None,
    "last_name": customers.c.by_last_name,
    "first_name": customers.c.by_first_name,
    "company": customers.c.by_company,
    "email": customers.c.by_email,
    "registered": customers.c.is_registered,
}
"""What a list can be sorted by, each with an index of its own; ids are in order of creation."""

_TWINS = 50

Key = tuple[str | bool, UUID]
"""Where a customer stands in a sorted list: what it is sorted by, and their id."""


@dataclass(frozen=True, slots=True)
class Order:
    """How a list is sorted: by one of ``SORTS``, then by age."""

    by: str = "created"
    descending: bool = True

    @property
    def kind(self) -> type:
        """Tell of what type the values are that it is sorted by."""
        column = SORTS[self.by]
        return UUID if column is None else column.type.python_type


async def customer(
    scope: Scope, session: AsyncSession, customer_id: CustomerId
) -> CustomerView | None:
    """Give a customer; none when unknown, or when their set has no site in scope."""
    query = select(customers, sets.c.code).join_from(customers, sets)
    query = query.where(customers.c.customer_id == customer_id, *_seen(scope))
    row: Row[Any] | None = (await session.execute(query)).one_or_none()
    return None if row is None else CustomerView.whole(row)


async def list_customers(  # noqa: PLR0913 - which part of the list it is, is two of them
    scope: Scope,
    session: AsyncSession,
    wanted: Wanted,
    order: Order,
    *,
    after: Key | None,
    limit: int,
) -> Sequence[tuple[Key, CustomerLine]]:
    """List customers (CU-12): at most ``limit``, those behind ``after``.

    A page takes the same at the beginning as at the end of a million; behind a filter as long as
    it takes to find those who pass it.
    """
    found = await _page(scope, session, wanted, order, after, limit)
    return [((row.sort_key, row.customer_id), CustomerLine.of(row)) for row in found]


async def list_records(
    scope: Scope, session: AsyncSession, wanted: Wanted, *, after: UUID | None, limit: int
) -> Sequence[CustomerView]:
    """List all about customers, the oldest first: at most ``limit``, those made after ``after``."""
    key = None if after is None else ("", after)
    found = await _page(scope, session, wanted, Order(descending=False), key, limit)
    return [CustomerView.whole(row) for row in found]


async def _page(  # noqa: PLR0913, PLR0917
    scope: Scope,
    session: AsyncSession,
    wanted: Wanted,
    order: Order,
    after: Key | None,
    limit: int,
) -> Iterable[Row[Any]]:
    query = _sorted(Shape.of(scope, wanted), order, goes_on=after is not None)
    key, id_ = after or ("", None)
    place = {"after_key": key, "after_id": id_, "limit": limit}
    return await session.execute(query, {**values_of(scope, wanted), **place})


async def duplicates(
    scope: Scope, session: AsyncSession, customer_id: CustomerId
) -> Sequence[CustomerLine]:
    """List who of the set may be the same person (CU-13), the oldest first, at most ``_TWINS``.

    They share a phone, or name and postal code: each is a term, so the index finds them.
    """
    mine = select(customers).where(customers.c.customer_id == customer_id, *_seen(scope))
    row = (await session.execute(mine)).one_or_none()
    if row is None:
        return []
    same = (
        select(search_term.c.customer_id)
        .where(
            search_term.c.customer_set_id == row.customer_set_id,
            search_term.c.term.in_(sorted(twin_terms(customer_of(row)))),
            search_term.c.customer_id != customer_id,
        )
        .distinct()
        .limit(_TWINS)
    )
    query = select(customers, sets.c.code).join_from(customers, sets)
    query = query.where(customers.c.customer_id.in_(same)).order_by(customers.c.customer_id)
    return [CustomerLine.of(row) for row in await session.execute(query)]


@lru_cache(SHAPES)
def _sorted(shape: Shape, order: Order, *, goes_on: bool) -> Select[Any]:
    """Select each set's first by themselves, in the order of its index, and of those the first."""
    chosen = shape.chosen_sets.subquery("chosen")
    found = _of_one_set(chosen, shape, order, goes_on=goes_on).lateral("found")
    keys = (
        [found.c.customer_id] if order.by == "created" else [found.c.sort_key, found.c.customer_id]
    )
    return (
        select(found, sets.c.code)
        .select_from(chosen)
        .join(sets, sets.c.customer_set_id == chosen.c.customer_set_id)
        .join(found, sets.c.customer_set_id == found.c.customer_set_id)
        .order_by(*(key.desc() if order.descending else key for key in keys))
        .limit(LIMIT)
    )


def _of_one_set(chosen: FromClause, shape: Shape, order: Order, *, goes_on: bool) -> Select[Any]:
    by, id_ = SORTS[order.by], customers.c.customer_id
    keys = [id_] if by is None else [by, id_]
    places: list[ColumnElement[Any]] = [bindparam("after_id", type_=Uuid())]
    if by is not None:
        places.insert(0, bindparam("after_key", type_=by.type))
    shown = literal("") if by is None else by
    query = (
        select(customers, shown.label("sort_key"))
        .where(customers.c.customer_set_id == chosen.c.customer_set_id, *shape.wanted.conditions)
        .order_by(*(key.desc() if order.descending else key for key in keys))
        .limit(LIMIT)
    )
    if not goes_on:
        return query
    here, place = tuple_(*keys), tuple_(*places)
    return query.where(here < place if order.descending else here > place)


def _seen(scope: Scope) -> Sequence[ColumnElement[bool]]:
    return () if scope.sites is None else (customers.c.customer_set_id.in_(sets_in(scope)),)
