"""Finding customers by the beginning of a name, e-mail, company, phone or number.

One ordered index serves them all, so a page costs the same for one letter as for ten, in a set of
ten customers or of a million.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from chassis.scope import Scope
from sqlalchemy import FromClause, Select, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from customers.queries.customers import CustomerLine, Wanted, chosen_sets
from customers.storage.tables import customer as customers
from customers.storage.tables import customer_set as sets
from customers.storage.tables import search_term

_LAST = "\U0010ffff"
"""Sorts behind every other character."""

Place = tuple[str, UUID]
"""Where a customer stands in the list: the term they were found by, and their id."""


async def search_customers(
    scope: Scope,
    session: AsyncSession,
    wanted: Wanted,
    *,
    after: Place | None,
    limit: int,
) -> Sequence[tuple[Place, CustomerLine]]:
    """List customers with a term that starts with the prefix, by their first such term.

    At most ``limit``, those behind ``after``.
    """
    chosen = chosen_sets(scope, wanted.of_set).subquery("chosen")
    found = _found(chosen, wanted.prefix, after, limit).lateral("found")
    query = (
        select(customers, sets.c.code, found.c.term)
        .select_from(chosen)
        .join(sets, sets.c.customer_set_id == chosen.c.customer_set_id)
        .join(found, sets.c.customer_set_id == found.c.customer_set_id)
        .join(customers, customers.c.customer_id == found.c.customer_id)
        .order_by(found.c.term, found.c.customer_id)
        .limit(limit)
    )
    if wanted.external_reference is not None:
        query = query.where(customers.c.external_reference == wanted.external_reference)
    rows = await session.execute(query)
    return [((row.term, row.customer_id), CustomerLine.of(row)) for row in rows]


def _found(chosen: FromClause, prefix: str, after: Place | None, limit: int) -> Select[Any]:
    """Select one set's matches in the order of the index, each customer once."""
    again = search_term.alias("again")
    # The customer's first match; an aggregate, so that it is always looked up by customer.
    first = (
        select(func.min(again.c.term))
        .where(again.c.customer_id == search_term.c.customer_id, again.c.term >= prefix)
        .scalar_subquery()
    )
    query = (
        select(search_term)
        .where(
            search_term.c.customer_set_id == chosen.c.customer_set_id,
            search_term.c.term >= prefix,
            search_term.c.term < prefix + _LAST,
            search_term.c.term == first,
        )
        .order_by(search_term.c.term, search_term.c.customer_id)
        .limit(limit)
    )
    if after is None:
        return query
    return query.where(tuple_(search_term.c.term, search_term.c.customer_id) > tuple_(*after))
