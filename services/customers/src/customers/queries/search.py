"""Finding customers by the beginning of a name, e-mail, company, phone or number.

One ordered index serves them all, so a page costs the same for one letter as for ten, in a set of
ten customers or of a million. A whole order number or customer id finds as well (SE-2).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from chassis.scope import Scope
from sqlalchemy import FromClause, Select, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from customers.domain.search import order_key, prefix_of
from customers.queries.customers import Wanted, chosen_sets
from customers.queries.views import CustomerLine
from customers.storage.tables import customer as customers
from customers.storage.tables import customer_order as orders
from customers.storage.tables import customer_set as sets
from customers.storage.tables import search_term

_LAST = "\U0010ffff"
"""Sorts behind every other character."""
_WHOLE = ""
"""The term of whoever is found by a whole order number or id: it sorts before every other."""
_MOST = 50
"""Customers at most who are found so: order numbers are unique on a site, not in a set."""

_SHORTEST = 9
"""Characters of the shortest order number without a digit: a letter of the site, eight more."""

Place = tuple[str, UUID]
"""Where a customer stands in the list: the term they were found by, and their id."""
Found = tuple[Place, CustomerLine]


@dataclass(frozen=True, slots=True)
class Sought:
    """What somebody has typed, as it is compared.

    Attributes:
        prefix: What a term must start with.
        order_key: An order's whole number.
        customer_id: A customer's whole id, if it is one.
    """

    prefix: str
    order_key: str = ""
    customer_id: UUID | None = None

    @property
    def may_be_whole(self) -> bool:
        """Tell whether it can be an order's whole number or an id: digits, or long enough."""
        return len(self.order_key) >= _SHORTEST or any(map(str.isdigit, self.order_key))

    @classmethod
    def of(cls, query: str) -> Self:
        """Read what was typed."""
        try:
            id_ = UUID(query.strip())
        except ValueError:
            id_ = None
        return cls(prefix_of(query), order_key(query), id_)


async def search_customers(  # noqa: PLR0913 - which part of the list it is, is two of them
    scope: Scope,
    session: AsyncSession,
    sought: Sought,
    wanted: Wanted,
    *,
    after: Place | None,
    limit: int,
) -> Sequence[Found]:
    """List customers with a term that starts with the prefix, by their first such term.

    Before them come those whose id it is, or whose order has this number on a site in scope. At
    most ``limit``, those behind ``after``.
    """
    whole = await _by_whole(scope, session, sought, wanted) if sought.may_be_whole else []
    behind = after if after and after[0] != _WHOLE else None
    found = [each for each in whole if after is None or each[0] > after]
    query = _by_term(scope, sought.prefix, wanted, behind, limit, [line.id for _, line in whole])
    rows = await session.execute(query)
    found += [((row.term, row.customer_id), CustomerLine.of(row)) for row in rows]
    return found[:limit]


async def _by_whole(
    scope: Scope, session: AsyncSession, sought: Sought, wanted: Wanted
) -> list[Found]:
    chosen = chosen_sets(scope, wanted.of_set)
    # The order's set and the customer's: who has moved since is not found across sets (CS-2).
    both = (orders.c.customer_id, orders.c.customer_set_id)
    ordered = select(*both).where(
        orders.c.customer_set_id.in_(chosen), orders.c.number_key == sought.order_key
    )
    if scope.sites is not None:
        ordered = ordered.where(orders.c.site_id.in_(scope.sites))
    meant = tuple_(customers.c.customer_id, customers.c.customer_set_id).in_(ordered)
    if sought.customer_id is not None:
        meant = customers.c.customer_id == sought.customer_id
    query = (
        select(customers, sets.c.code)
        .join_from(customers, sets)
        .where(meant, customers.c.customer_set_id.in_(chosen), *wanted.conditions)
        .order_by(customers.c.customer_id)
        .limit(_MOST)
    )
    rows = await session.execute(query)
    return [((_WHOLE, row.customer_id), CustomerLine.of(row)) for row in rows]


def _by_term(  # noqa: PLR0913, PLR0917
    scope: Scope,
    prefix: str,
    wanted: Wanted,
    after: Place | None,
    limit: int,
    besides: Collection[UUID],
) -> Select[Any]:
    chosen = chosen_sets(scope, wanted.of_set).subquery("chosen")
    found = _of_one_set(chosen, prefix, wanted, after, limit)
    if besides:
        found = found.where(search_term.c.customer_id.not_in(besides))
    lateral = found.lateral("found")
    return (
        select(customers, sets.c.code, lateral.c.term)
        .select_from(chosen)
        .join(sets, sets.c.customer_set_id == chosen.c.customer_set_id)
        .join(lateral, sets.c.customer_set_id == lateral.c.customer_set_id)
        .join(customers, customers.c.customer_id == lateral.c.customer_id)
        .order_by(lateral.c.term, lateral.c.customer_id)
        .limit(limit)
    )


def _of_one_set(
    chosen: FromClause, prefix: str, wanted: Wanted, after: Place | None, limit: int
) -> Select[Any]:
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
    if wanted.conditions:
        query = query.join(customers, customers.c.customer_id == search_term.c.customer_id)
        query = query.where(*wanted.conditions)
    if after is None:
        return query
    return query.where(tuple_(search_term.c.term, search_term.c.customer_id) > tuple_(*after))
