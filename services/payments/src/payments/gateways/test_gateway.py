"""A payment gateway to try with: no money moves, and a ledger says what would have.

It keeps its own books in its own transactions, so that "charged, but we never heard" is real. What
a card does is said by its token (script.py).
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any
from uuid import UUID

from contracts.values import PaymentId, new_id
from sqlalchemy import RowMapping, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from payments.domain.gateway import Charge, Finding, Standing
from payments.gateways.script import Manner, script_of
from payments.gateways.tables import charges, entries, requests

_NEVER = 3600
"""Seconds after which a call that gets no answer ends; whoever calls has long hung up."""

_HELD = (Standing.AUTHORISED.value, Standing.CAPTURED.value)


class GatewayError(Exception):
    """The test gateway answers with an internal error."""


class TestGateway:
    """The gateway, over sessions of its own."""

    __test__ = False  # what pytest thinks of the name

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions

    async def authorise(self, charge: Charge) -> Finding:
        """Set the amount aside, as the token says.

        Raises:
            GatewayError: The token says so.
        """
        script = script_of(charge.token)
        key = str(charge.payment_id)
        async with self._sessions.begin() as session:
            calls, answer = await _request(session, key)
            failing = calls <= script.failures
            if answer is None and (script.charges or not failing):
                answer = await _charge(session, charge, script.decline)
                await _remember(session, key, answer)
        await asyncio.sleep(script.delay)
        if failing and script.failing is Manner.NOT:
            await asyncio.sleep(_NEVER)
        if answer is None or (failing and script.failing is Manner.ERROR):
            raise GatewayError("500 Internal Server Error")
        return answer

    async def capture(self, payment_id: PaymentId) -> Finding:
        """Take what is set aside."""

        async def take(session: AsyncSession, held: RowMapping, key: str) -> Finding:
            if held["standing"] != Standing.AUTHORISED.value:
                return _finding(held)
            return await _move(session, held, Standing.CAPTURED, "capture", key)

        return await self._once(payment_id, f"{payment_id}:capture", take)

    async def void(self, payment_id: PaymentId) -> Finding:
        """Let go of what is set aside or taken."""

        async def let_go(session: AsyncSession, held: RowMapping, key: str) -> Finding:
            if held["standing"] not in _HELD:
                return _finding(held)
            return await _move(session, held, Standing.VOIDED, "void", key)

        return await self._once(payment_id, f"{payment_id}:void", let_go)

    async def look_up(self, payment_id: PaymentId) -> Finding:
        """Tell how the newest charge of this reference stands."""
        async with self._sessions() as session:
            row = await _newest(session, payment_id)
        return _finding(row) if row is not None else Finding(Standing.NOT_FOUND)

    async def _once(
        self,
        payment_id: PaymentId,
        key: str,
        act: Callable[[AsyncSession, RowMapping, str], Awaitable[Finding]],
    ) -> Finding:
        async with self._sessions.begin() as session:
            _, answer = await _request(session, key)
            if answer is None:
                held = await _newest(session, payment_id, lock=True)
                if held is None:
                    return Finding(Standing.NOT_FOUND)
                answer = await act(session, held, key)
                await _remember(session, key, answer)
            return answer


async def _request(session: AsyncSession, key: str) -> tuple[int, Finding | None]:
    """Count a call, and give what was answered to this key; other calls with it wait."""
    statement = upsert(requests).values(idempotency_key=key, calls=1)
    statement = statement.on_conflict_do_update(
        index_elements=[requests.c.idempotency_key], set_={"calls": requests.c.calls + 1}
    )
    row = (await session.execute(statement.returning(requests.c.calls, requests.c.answer))).one()
    answer = row.answer
    if answer is None:
        return row.calls, None
    return row.calls, Finding(**{**answer, "standing": Standing(answer["standing"])})


async def _remember(session: AsyncSession, key: str, answer: Finding) -> None:
    statement = update(requests).where(requests.c.idempotency_key == key)
    await session.execute(statement.values(answer=asdict(answer)))


async def _newest(
    session: AsyncSession, payment_id: PaymentId, *, lock: bool = False
) -> RowMapping | None:
    query = (
        select(charges)
        .where(charges.c.reference == payment_id)
        .order_by(charges.c.charge_id.desc())
        .limit(1)
    )
    query = query.with_for_update() if lock else query
    return (await session.execute(query)).mappings().one_or_none()


async def _charge(session: AsyncSession, charge: Charge, declined: str | None) -> Finding:
    standing = Standing.DECLINED if declined else Standing.AUTHORISED
    row: dict[str, Any] = {
        "charge_id": new_id(),
        "reference": charge.payment_id,
        "standing": standing.value,
        "reason": declined,
        "amount": charge.amount.minor,
        "currency": charge.amount.currency,
    }
    await session.execute(insert(charges).values(row))
    kind = "decline" if declined else "authorise"
    await _enter(session, row, kind, key=str(charge.payment_id))
    return _finding(row)


async def _move(
    session: AsyncSession, held: RowMapping, standing: Standing, kind: str, key: str
) -> Finding:
    statement = update(charges).where(charges.c.charge_id == held["charge_id"])
    await session.execute(statement.values(standing=standing.value))
    await _enter(session, held, kind, key=key)
    return Finding(standing, _name(held["charge_id"]))


async def _enter(
    session: AsyncSession, charge: RowMapping | dict[str, Any], kind: str, *, key: str
) -> None:
    await session.execute(
        insert(entries).values(
            kind=kind,
            reference=charge["reference"],
            charge_id=charge["charge_id"],
            idempotency_key=key,
            amount=charge["amount"],
            currency=charge["currency"],
        )
    )


def _finding(charge: RowMapping | dict[str, Any]) -> Finding:
    return Finding(
        Standing(charge["standing"]), _name(charge["charge_id"]), reason=charge["reason"]
    )


def _name(charge_id: UUID) -> str:
    return f"ch_{charge_id.hex}"
