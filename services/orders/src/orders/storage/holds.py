from contracts.orders.commands import NoteHold
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from orders.storage.tables import draft_holds


class SqlHoldRepository:
    """Keeps the newest answer for each draft."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def note(self, hold: NoteHold) -> None:
        row = {
            "order_id": hold.order_id,
            "hold_id": hold.hold_id,
            "sequence": hold.sequence,
            "expires_at": hold.expires_at,
            "lines": [line.model_dump(mode="json") for line in hold.lines],
            "refusals": [one.model_dump(mode="json") for one in hold.refusals],
        }
        made = insert(draft_holds).values(row)
        await self._session.execute(
            made.on_conflict_do_update(
                index_elements=[draft_holds.c.order_id],
                set_=row,
                where=draft_holds.c.sequence < made.excluded.sequence,
            )
        )
