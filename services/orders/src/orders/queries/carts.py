"""Carts that customers left, as staff see them (HI-1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.scope import Scope
from contracts.values import CustomerId, SiteId
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from orders.domain.carts import Cart, CartLine, TakenOver
from orders.queries.scoped import within
from orders.queries.viewing import View
from orders.storage.carts import cart_of
from orders.storage.tables import carts, sites


class CartView(View):
    """A cart; ``unit_price`` is what the customer saw.

    Attributes:
        taken_over: Staff edit it in the customer's place, on this draft (SN-3).
    """

    id: UUID
    site: str
    reference: str
    customer_id: CustomerId
    lines: Sequence[CartLine]
    abandoned_at: datetime
    received_at: datetime
    taken_over: TakenOver | None


@dataclass(frozen=True, slots=True)
class CartSearch:
    """Which carts are wanted; ``before``: received before that one."""

    site_id: SiteId | None
    customer_id: CustomerId | None
    before: UUID | None
    limit: int


async def find_carts(scope: Scope, session: AsyncSession, search: CartSearch) -> Sequence[CartView]:
    """List carts, those that came last first."""
    query = (
        select(*carts.c, sites.c.code)
        .join(sites, sites.c.site_id == carts.c.site_id)
        .where(within(scope, carts.c.site_id))
        .order_by(carts.c.id.desc())
        .limit(search.limit)
    )
    if search.site_id is not None:
        query = query.where(carts.c.site_id == search.site_id)
    if search.customer_id is not None:
        query = query.where(carts.c.customer_id == search.customer_id)
    if search.before is not None:
        query = query.where(carts.c.id < search.before)
    return [_shown(row) for row in await session.execute(query)]


async def shown_cart(scope: Scope, session: AsyncSession, cart_id: UUID) -> CartView | None:
    """Give a cart within the scope, as staff see it."""
    query = select(*carts.c, sites.c.code).join(sites, sites.c.site_id == carts.c.site_id)
    query = query.where(carts.c.id == cart_id, within(scope, carts.c.site_id))
    row = (await session.execute(query)).first()
    return None if row is None else _shown(row)


def _shown(row: Row[Any]) -> CartView:
    known = cart_of(row)
    return CartView(
        id=known.cart_id,
        site=row.code,
        reference=known.reference,
        customer_id=known.customer_id,
        lines=known.lines,
        abandoned_at=known.abandoned_at,
        received_at=row.received_at,
        taken_over=known.taken_over,
    )


async def cart(scope: Scope, session: AsyncSession, cart_id: UUID) -> Cart | None:
    """Give a cart within the scope."""
    query = select(carts).where(carts.c.id == cart_id, within(scope, carts.c.site_id))
    row = (await session.execute(query)).first()
    return None if row is None else cart_of(row)
