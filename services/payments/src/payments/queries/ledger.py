"""The test gateway's ledger."""

from collections.abc import Sequence
from datetime import datetime

from chassis.scope import Scope
from contracts.values import Money, PaymentId
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from payments.gateways.tables import entries
from payments.queries.scoped import within
from payments.storage.tables import payments


class EntryView(BaseModel):
    """Something that happened to money at the test gateway.

    Attributes:
        kind: authorise, decline, capture, refund or void; refuse, when nothing happened.
        charge: The gateway's own name of the charge.
    """

    model_config = ConfigDict(frozen=True)

    id: int
    at: datetime
    kind: str
    payment_id: PaymentId
    charge: str
    amount: Money


async def list_entries(
    scope: Scope, session: AsyncSession, *, payment_id: PaymentId | None, after: int, limit: int
) -> Sequence[EntryView]:
    """List entries about payments in scope, oldest first: ``limit`` at most, behind ``after``."""
    query = (
        select(entries)
        .join(payments, payments.c.payment_id == entries.c.reference)
        .where(entries.c.entry_id > after, within(scope, payments.c.site_id))
        .order_by(entries.c.entry_id)
        .limit(limit)
    )
    if payment_id is not None:
        query = query.where(entries.c.reference == payment_id)
    return [
        EntryView(
            id=row.entry_id,
            at=row.at,
            kind=row.kind,
            payment_id=row.reference,
            charge=f"ch_{row.charge_id.hex}",
            amount=Money(row.amount, row.currency),
        )
        for row in await session.execute(query)
    ]
