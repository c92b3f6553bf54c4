"""Finding customers by the beginning of a name, e-mail, company, phone or number.

One ordered index serves them all, so a page costs the same for one letter as for ten, in a set of
ten customers or of a million. A whole order number or customer id finds as well (SE-2).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self
from uuid import UUID

from chassis.scope import Scope
from messaging.direct import Direct
from sqlalchemy import FromClause, Select, Text, Uuid, all_, any_, bindparam, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from customers.domain.search import order_key, prefix_of
from customers.queries.views import CustomerLine
from customers.queries.wanted import LIMIT, LINE, SHAPES, UUIDS, Shape, Wanted, values_of
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

_NO_ID = UUID(int=0)
"""Sorts before every customer's."""
_SHORTEST = 9
"""Characters of the shortest order number: one of the site's code, eight more."""

_PLACE = tuple_(bindparam("after_term", type_=Text()), bindparam("after_id", type_=Uuid()))

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
        """Tell whether it can be an order's whole number or an id; most of what is typed cannot."""
        is_number = len(self.order_key) >= _SHORTEST and self.order_key.isalnum()
        return is_number or self.customer_id is not None

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
    values = {**values_of(scope, wanted), "limit": limit}
    shape = Shape.of(scope, wanted)
    whole = await _by_whole(session, sought, shape, values) if sought.may_be_whole else []
    start = (sought.prefix, _NO_ID)
    behind = start if after is None else max(start, after)
    found = [each for each in whole if after is None or each[0] > after]
    values |= {
        "prefix": sought.prefix,
        "until": sought.prefix + _LAST,
        "after_term": behind[0],
        "after_id": behind[1],
        "besides": [line.id for _, line in whole],
    }
    rows = await _by_term(shape).rows(session, values)
    found += [((row.term, row.customer_id), CustomerLine.of(row)) for row in rows]
    return found[:limit]


async def _by_whole(
    session: AsyncSession, sought: Sought, shape: Shape, values: Mapping[str, Any]
) -> list[Found]:
    meant = {"order_key": sought.order_key, "customer_id": sought.customer_id, "limit": _MOST}
    query = _meant(shape, is_id=sought.customer_id is not None)
    rows = await query.rows(session, {**values, **meant})
    return [((_WHOLE, row.customer_id), CustomerLine.of(row)) for row in rows]


@lru_cache(SHAPES)
def _meant(shape: Shape, *, is_id: bool) -> Direct:
    chosen = shape.chosen_sets
    # The order's set and the customer's: who has moved since is not found across sets (CS-2).
    both = (orders.c.customer_id, orders.c.customer_set_id)
    ordered = select(*both).where(
        orders.c.customer_set_id.in_(chosen), orders.c.number_key == bindparam("order_key")
    )
    if not shape.everywhere:
        ordered = ordered.where(orders.c.site_id == any_(bindparam("sites", type_=UUIDS)))
    meant = tuple_(customers.c.customer_id, customers.c.customer_set_id).in_(ordered)
    if is_id:
        meant = customers.c.customer_id == bindparam("customer_id", type_=Uuid())
    return Direct(
        select(*LINE, sets.c.code)
        .join_from(customers, sets)
        .where(meant, customers.c.customer_set_id.in_(chosen), *shape.wanted.conditions)
        .order_by(customers.c.customer_id)
        .limit(LIMIT)
    )


@lru_cache(SHAPES)
def _by_term(shape: Shape) -> Direct:
    chosen = shape.chosen_sets.subquery("chosen")
    found = _of_one_set(chosen, shape).lateral("found")
    return Direct(
        select(*LINE, sets.c.code, found.c.term)
        .select_from(chosen)
        .join(sets, sets.c.customer_set_id == chosen.c.customer_set_id)
        .join(found, sets.c.customer_set_id == found.c.customer_set_id)
        .join(customers, customers.c.customer_id == found.c.customer_id)
        .order_by(found.c.term, found.c.customer_id)
        .limit(LIMIT)
    )


def _of_one_set(chosen: FromClause, shape: Shape) -> Select[Any]:
    """Select one set's matches in the order of the index, each customer once."""
    term, id_ = search_term.c.term, search_term.c.customer_id
    again = search_term.alias("again")
    # The customer's first match; an aggregate, so that it is always looked up by customer.
    first = (
        select(func.min(again.c.term))
        .where(again.c.customer_id == id_, again.c.term >= bindparam("prefix"))
        .scalar_subquery()
    )
    query = (
        select(search_term)
        .where(
            search_term.c.customer_set_id == chosen.c.customer_set_id,
            # Where the walk begins: with the prefix, or behind the last page.
            tuple_(term, id_) > _PLACE,
            term < bindparam("until"),
            term == first,
            id_ != all_(bindparam("besides", type_=UUIDS)),
        )
        .order_by(term, id_)
        .limit(LIMIT)
    )
    if shape.wanted.conditions:
        query = query.join(customers, customers.c.customer_id == id_)
        query = query.where(*shape.wanted.conditions)
    return query
