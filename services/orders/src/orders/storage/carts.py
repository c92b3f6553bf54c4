from collections.abc import Sequence
from typing import Any
from uuid import UUID

from contracts.values import CustomerId, OrderId, SiteId, StaffId
from pydantic import TypeAdapter
from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from orders.domain.carts import Cart, CartLine, TakenOver
from orders.domain.errors import CartTakenOver
from orders.storage.tables import carts

_LINES = TypeAdapter(tuple[CartLine, ...])


class SqlCartRepository:
    """Keeps one cart for each reference of a site."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def keep(self, cart: Cart) -> UUID:
        changing = {
            "customer_id": cart.customer_id,
            "lines": _dumped(cart.lines),
            "abandoned_at": cart.abandoned_at,
        }
        row = {"id": cart.cart_id, "site_id": cart.site_id, "reference": cart.reference, **changing}
        kept = insert(carts).values(row)
        kept = kept.on_conflict_do_update(
            index_elements=[carts.c.site_id, carts.c.reference],
            set_=changing,
            where=carts.c.taken_over_on.is_(None),
        )
        id_ = (await self._session.execute(kept.returning(carts.c.id))).scalar_one_or_none()
        return id_ or await self._refused(cart)

    async def _refused(self, cart: Cart) -> UUID:
        query = select(carts.c.taken_over_by, carts.c.taken_over_on).where(
            carts.c.site_id == cart.site_id, carts.c.reference == cart.reference
        )
        row = (await self._session.execute(query)).one()
        raise CartTakenOver(StaffId(row.taken_over_by), OrderId(row.taken_over_on))

    async def locked(self, cart_id: UUID) -> Cart | None:
        query = select(carts).where(carts.c.id == cart_id).with_for_update()
        row = (await self._session.execute(query)).first()
        return None if row is None else cart_of(row)

    async def hold(self, cart_id: UUID, holder: TakenOver) -> None:
        held = {
            "taken_over_by": holder.staff_id,
            "taken_over_on": holder.order_id,
            "taken_over_at": holder.at,
        }
        await self._session.execute(update(carts).where(carts.c.id == cart_id).values(held))

    async def give_back(self, cart_id: UUID, lines: Sequence[CartLine] | None) -> None:
        free = dict.fromkeys(("taken_over_by", "taken_over_on", "taken_over_at"))
        changed = {} if lines is None else {"lines": _dumped(lines)}
        statement = update(carts).where(carts.c.id == cart_id)
        await self._session.execute(statement.values({**free, **changed}))


def _dumped(lines: Sequence[CartLine]) -> object:
    return _LINES.dump_python(tuple(lines), mode="json", exclude_defaults=True)


def cart_of(row: Row[Any]) -> Cart:
    """Build the cart of a row."""
    return Cart(
        cart_id=row.id,
        site_id=SiteId(row.site_id),
        reference=row.reference,
        customer_id=CustomerId(row.customer_id),
        lines=_LINES.validate_python(row.lines),
        abandoned_at=row.abandoned_at,
        taken_over=(
            TakenOver(row.taken_over_by, row.taken_over_on, row.taken_over_at)
            if row.taken_over_on
            else None
        ),
    )
