"""How the test gateway's books are written and read."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from contracts.values import PaymentId
from sqlalchemy import RowMapping, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from payments.gateways.tables import charges, entries, requests

Row = RowMapping | dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the gateway remembers of a key.

    Attributes:
        calls: How often it was called with it, this time included.
        done: Whether its request was carried out.
        refused: Why its request was refused, for good.
    """

    calls: int
    done: bool
    refused: str | None


async def request(session: AsyncSession, key: str) -> Asked:
    """Count a call, and give what became of those before; others with its key wait."""
    statement = upsert(requests).values(idempotency_key=key, calls=1)
    statement = statement.on_conflict_do_update(
        index_elements=[requests.c.idempotency_key], set_={"calls": requests.c.calls + 1}
    )
    row = (await session.execute(statement.returning(requests.c.calls, requests.c.answer))).one()
    answer: dict[str, Any] = row.answer or {}
    return Asked(row.calls, answer.get("done", False), answer.get("refused"))


async def remember(session: AsyncSession, key: str, *, refused: str | None = None) -> None:
    """Note that a key's request was carried out, or why it was refused."""
    answer = {"done": True} if refused is None else {"refused": refused}
    statement = update(requests).where(requests.c.idempotency_key == key)
    await session.execute(statement.values(answer=answer))


async def refusals(session: AsyncSession, charge: Row) -> int:
    """Count the operations on a charge that were refused."""
    query = select(func.count()).where(
        entries.c.charge_id == charge["charge_id"], entries.c.kind == "refuse"
    )
    return (await session.execute(query)).scalar_one()


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
    """Tell whether the ledger says that something was carried out under this key."""
    query = select(entries.c.entry_id).where(
        entries.c.reference == payment_id,
        entries.c.idempotency_key == key,
        entries.c.kind != "refuse",
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
