"""How the test gateway's books are written and read."""

from typing import Any
from uuid import UUID

from contracts.values import PaymentId
from sqlalchemy import RowMapping, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from payments.gateways.tables import charges, entries, requests

Row = RowMapping | dict[str, Any]


async def request(session: AsyncSession, key: str) -> tuple[int, bool]:
    """Count a call, and tell whether it was carried out before; others with its key wait."""
    statement = upsert(requests).values(idempotency_key=key, calls=1)
    statement = statement.on_conflict_do_update(
        index_elements=[requests.c.idempotency_key], set_={"calls": requests.c.calls + 1}
    )
    row = (await session.execute(statement.returning(requests.c.calls, requests.c.answer))).one()
    return row.calls, row.answer is not None


async def remember(session: AsyncSession, key: str) -> None:
    """Note that a key's request was carried out."""
    statement = update(requests).where(requests.c.idempotency_key == key)
    await session.execute(statement.values(answer={"done": True}))


async def newest(
    session: AsyncSession, payment_id: PaymentId, *, lock: bool = False
) -> RowMapping | None:
    """Give the newest charge of a payment."""
    query = (
        select(charges)
        .where(charges.c.reference == payment_id)
        .order_by(charges.c.charge_id.desc())
        .limit(1)
    )
    query = query.with_for_update() if lock else query
    return (await session.execute(query)).mappings().one_or_none()


async def known(session: AsyncSession, payment_id: PaymentId, key: str) -> bool:
    """Tell whether the ledger has an entry under this key."""
    query = select(entries.c.entry_id).where(
        entries.c.reference == payment_id, entries.c.idempotency_key == key
    )
    return (await session.execute(query.limit(1))).first() is not None


async def change(session: AsyncSession, charge: Row, **values: object) -> None:
    """Change a charge."""
    statement = update(charges).where(charges.c.charge_id == charge["charge_id"])
    await session.execute(statement.values(values))


async def enter(session: AsyncSession, charge: Row, kind: str, key: str, amount: int) -> None:
    """Write what happened to money into the ledger."""
    await session.execute(
        insert(entries).values(
            kind=kind,
            reference=charge["reference"],
            charge_id=charge["charge_id"],
            idempotency_key=key,
            amount=amount,
            currency=charge["currency"],
        )
    )


def name_of(charge_id: UUID) -> str:
    """Give the gateway's own name of a charge."""
    return f"ch_{charge_id.hex}"
