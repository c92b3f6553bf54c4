from typing import Any
from uuid import UUID

from contracts.values import CustomerId, SiteId
from pydantic import TypeAdapter
from sqlalchemy import Row
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from orders.domain.carts import Cart, CartLine
from orders.storage.tables import carts

_LINES = TypeAdapter(tuple[CartLine, ...])


class SqlCartRepository:
    """Keeps one cart for each reference of a site."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def keep(self, cart: Cart) -> UUID:
        lines = _LINES.dump_python(cart.lines, mode="json", exclude_defaults=True)
        changing = {
            "customer_id": cart.customer_id,
            "lines": lines,
            "abandoned_at": cart.abandoned_at,
        }
        row = {"id": cart.cart_id, "site_id": cart.site_id, "reference": cart.reference, **changing}
        kept = insert(carts).values(row)
        kept = kept.on_conflict_do_update(
            index_elements=[carts.c.site_id, carts.c.reference], set_=changing
        )
        return (await self._session.execute(kept.returning(carts.c.id))).scalar_one()


def cart_of(row: Row[Any]) -> Cart:
    """Build the cart of a row."""
    return Cart(
        cart_id=row.id,
        site_id=SiteId(row.site_id),
        reference=row.reference,
        customer_id=CustomerId(row.customer_id),
        lines=_LINES.validate_python(row.lines),
        abandoned_at=row.abandoned_at,
    )
