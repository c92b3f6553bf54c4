"""Carts that customers left, as staff see them (HI-1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.scope import Scope
from contracts.values import CustomerId, SiteId
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from orders.domain.carts import Cart, CartLine
from orders.queries.scoped import within
from orders.queries.viewing import View
from orders.storage.carts import cart_of
from orders.storage.tables import carts, sites


class CartView(View):
    """A cart; ``unit_price`` is what the customer saw."""

    id: UUID
    site: str
    reference: str
    customer_id: CustomerId
    lines: Sequence[CartLine]
    abandoned_at: datetime
    received_at: datetime


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
    return [
        CartView(
            id=row.id,
            site=row.code,
            reference=row.reference,
            customer_id=row.customer_id,
            lines=cart_of(row).lines,
            abandoned_at=row.abandoned_at,
            received_at=row.received_at,
        )
        for row in await session.execute(query)
    ]


async def cart(scope: Scope, session: AsyncSession, cart_id: UUID) -> Cart | None:
    """Give a cart within the scope."""
    query = select(carts).where(carts.c.id == cart_id, within(scope, carts.c.site_id))
    row = (await session.execute(query)).first()
    return None if row is None else cart_of(row)
