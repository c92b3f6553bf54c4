from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from contracts.values import OrderId
from pydantic import TypeAdapter
from sqlalchemy import RowMapping, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from orders.domain.hand_overs import Link
from orders.domain.parts import Refused
from orders.storage.tables import links

_LINK = TypeAdapter(Link)
_REFUSALS = TypeAdapter(tuple[Refused, ...])


class SqlLinkRepository:
    """Keeps the links by which orders were handed over."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def open(self, link: Link) -> None:
        await self.revoke(link.order_id, link.created_at)
        await self._session.execute(insert(links).values(_LINK.dump_python(link)))

    async def seen(self, link_id: UUID) -> Link | None:
        query = select(links).where(links.c.link_id == link_id)
        row = (await self._session.execute(query)).mappings().first()
        return None if row is None else link_of(row)

    async def revoke(self, order_id: OrderId, at: datetime) -> None:
        still_open = (links.c.order_id == order_id, links.c.revoked_at.is_(None))
        await self._session.execute(update(links).where(*still_open).values(revoked_at=at))

    async def use(self, link_id: UUID, at: datetime, payment_nos: Sequence[int]) -> None:
        await self._change(link_id, used_at=at, payment_nos=list(payment_nos))

    async def note_sent(self, link_id: UUID, at: datetime) -> None:
        await self._change(link_id, sent_at=at)

    async def note_refused(self, link_id: UUID, at: datetime, refusals: Sequence[Refused]) -> None:
        reasons = _REFUSALS.dump_python(tuple(refusals))
        await self._change(link_id, revoked_at=at, refusals=reasons)

    async def _change(self, link_id: UUID, **values: object) -> None:
        await self._session.execute(
            update(links).where(links.c.link_id == link_id).values(**values)
        )


def link_of(row: RowMapping) -> Link:
    """Build the link of a row."""
    return _LINK.validate_python(dict(row))
