"""A payment gateway to try with: no money moves, and a ledger says what would have.

It keeps its own books in its own transactions, so that "charged, but we never heard" is real. What
a card does is said by its token (script.py).
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.values import PaymentId, new_id
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from payments.domain.gateway import Action, Charge, Finding, Held, Listed, Part, Standing
from payments.domain.methods import gateway_refused
from payments.gateways.books import (
    Row,
    change,
    enter,
    known,
    name_of,
    newest,
    refusals,
    remember,
    request,
)
from payments.gateways.script import Manner, Script, is_known, later_script, script_of
from payments.gateways.tables import charges

_NEVER = 3600
"""Seconds after which a call that gets no answer ends; whoever calls has long hung up."""


class GatewayError(Exception):
    """The test gateway answers with an internal error."""


class TestGateway:
    """The gateway, over sessions of its own.

    Args:
        bank: Address of its bank's pages; a payment's id follows.
    """

    __test__ = False  # what pytest thinks of the name

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        *,
        bank: str = "http://127.0.0.1:8080/test-bank/",
    ) -> None:
        self._sessions = sessions
        self._bank = bank

    async def authorise(self, charge: Charge) -> Finding:
        """Set the amount aside, as the token says.

        Raises:
            GatewayError: The token says so.
        """
        script, key = script_of(charge.token), str(charge.payment_id)
        async with self._sessions.begin() as session:
            asked = await request(session, key)
            calls, done = asked.calls, asked.done
            if not done and (script.charges or not script.fails(calls)):
                await _charge(session, charge, script)
                await remember(session, key)
                done = True
            found = await self._found(session, charge.payment_id)
        await _behave(script, calls, done=done)
        return found

    async def capture(self, held: Held, part: Part) -> Finding:
        """Take a part of what is set aside."""
        return await self._move(held, part, "capture")

    async def refund(self, held: Held, part: Part) -> Finding:
        """Give back a part of what was taken."""
        return await self._move(held, part, "refund")

    async def void(self, held: Held, operation_id: UUID) -> Finding:
        """Let go of what is set aside, give back what was taken."""
        key = str(operation_id)
        async with self._sessions.begin() as session:
            asked = await request(session, key)
            charge = await newest(session, held.payment_id, lock=True)
            if charge is not None and not asked.done:
                if no := asked.refused or await _unwilling(session, charge, key):
                    found = await self._found(session, held.payment_id)
                    return replace(found, refused=gateway_refused(no))
                back = charge["captured"] - charge["refunded"]
                rest = charge["amount"] - charge["captured"] - charge["voided"]
                if back:
                    await enter(session, charge, "refund", key, back)
                if rest and charge["standing"] == Standing.AUTHORISED.value:
                    await enter(session, charge, "void", key, rest)
                if charge["standing"] != Standing.DECLINED.value:
                    moved = {"refunded": charge["captured"], "voided": charge["voided"] + rest}
                    await change(session, charge, **moved, standing=Standing.VOIDED.value)
                await remember(session, key)
            return await self._found(session, held.payment_id)

    async def look_up(self, held: Held, part: Part | None = None) -> Finding:
        """Tell how the newest charge of this reference stands, and whether a part is done."""
        async with self._sessions() as session:
            return await self._found(session, held.payment_id, part)

    async def act(self, payment_id: PaymentId, *, succeeds: bool) -> list[tuple[str, str]]:
        """Do what the customer does at the bank's page.

        Returns:
            Ids and types of the webhooks about it, in the order in which they are delivered; none
            when nothing was asked of the customer.
        """
        standing = Standing.AUTHORISED if succeeds else Standing.DECLINED
        async with self._sessions.begin() as session:
            row = await newest(session, payment_id, lock=True)
            if row is None or row["standing"] != Standing.REQUIRES_ACTION.value:
                return []
            reason = None if succeeds else "the customer was not recognised"
            await change(session, row, standing=standing.value, reason=reason)
            kind = "authorise" if succeeds else "decline"
            await enter(session, row, kind, str(payment_id), row["amount"])
        name, script = name_of(row["charge_id"]), script_of(row["act"])
        events = [(f"evt_{name}_1", "action.required"), (f"evt_{name}_2", f"payment.{kind}d")]
        events = events[::-1] if script.reordered else events
        return events * script.webhooks

    async def listed(self, since: datetime) -> AsyncIterator[Listed]:
        """List the charges made since then."""
        query = select(charges).where(charges.c.created_at >= since).order_by(charges.c.charge_id)
        async with self._sessions() as session:
            rows = (await session.execute(query)).mappings().all()
        for row in rows:
            held = 0
            if row["standing"] == Standing.AUTHORISED.value:
                held = row["amount"] - row["voided"] - row["refunded"]
            yield Listed(
                PaymentId(row["reference"]),
                name_of(row["charge_id"]),
                row["currency"],
                row["captured"],
                row["refunded"],
                held,
            )

    async def _move(self, held: Held, part: Part, kind: str) -> Finding:
        key = str(part.operation_id)
        async with self._sessions.begin() as session:
            asked = await request(session, key)
            calls, done = asked.calls, asked.done
            charge = await newest(session, held.payment_id, lock=True)
            if charge is None:
                return Finding(Standing.NOT_FOUND)
            script = later_script(charge["act"], kind)
            no = asked.refused
            if no is None and not done:
                no = await _refusal(session, charge, part, script, kind)
            if no is None and not done and (script.charges or not script.fails(calls)):
                one = script.one_capture
                await _take_part(session, charge, part, kind=kind, one_capture=one)
                await remember(session, key)
                done = True
            found = await self._found(session, held.payment_id, part)
        if no is not None:
            return replace(found, refused=gateway_refused(no))
        await _behave(script, calls, done=done)
        return found

    async def _found(
        self, session: AsyncSession, payment_id: PaymentId, part: Part | None = None
    ) -> Finding:
        row = await newest(session, payment_id)
        if row is None:
            return Finding(Standing.NOT_FOUND)
        done = part is not None and await known(session, payment_id, str(part.operation_id))
        standing = Standing(row["standing"])
        acting = standing is Standing.REQUIRES_ACTION
        return Finding(
            standing,
            name_of(row["charge_id"]),
            reason=row["reason"],
            captured=row["captured"],
            refunded=row["refunded"],
            voided=row["voided"],
            done=frozenset({part.operation_id}) if part is not None and done else frozenset(),
            action=Action(url=f"{self._bank}{payment_id}") if acting else None,
        )


async def _behave(script: Script, calls: int, *, done: bool) -> None:
    await asyncio.sleep(script.delay)
    failing = script.fails(calls)
    if failing and script.failing is Manner.NOT:
        await asyncio.sleep(_NEVER)
    if not done or (failing and script.failing is Manner.ERROR):
        raise GatewayError("500 Internal Server Error")


async def _refusal(
    session: AsyncSession, charge: Row, part: Part, script: Script, kind: str
) -> str | None:
    """Give why a part is not moved, and remember that under its key."""
    key, amount = str(part.operation_id), part.amount.minor
    no: str | None = None
    if script.refuses(await refusals(session, charge)):
        no = "it does not take this operation"
    elif amount > (left := _left(charge, kind)):
        no = f"only {left} minor units are left there"
    if no is not None:
        await enter(session, charge, "refuse", key, amount)
        await remember(session, key, refused=no)
    return no


def _left(charge: Row, kind: str) -> int:
    if kind == "refund":
        return charge["captured"] - charge["refunded"]
    if charge["standing"] != Standing.AUTHORISED.value:
        return 0
    return charge["amount"] - charge["captured"] - charge["voided"]


async def _unwilling(session: AsyncSession, charge: Row, key: str) -> str | None:
    """Give why a charge is not voided, and remember that under the key."""
    before = await refusals(session, charge)
    refuses = later_script(charge["act"], "void").refuses(before)
    taken = _left(charge, "refund")
    if taken:
        refuses = refuses or later_script(charge["act"], "refund").refuses(before)
    if charge["standing"] in {Standing.DECLINED.value, Standing.VOIDED.value} or not refuses:
        return None
    no = "it does not take this operation"
    await enter(session, charge, "refuse", key, taken)
    await remember(session, key, refused=no)
    return no


async def _take_part(
    session: AsyncSession, charge: Row, part: Part, *, kind: str, one_capture: bool
) -> None:
    key, amount = str(part.operation_id), part.amount.minor
    await enter(session, charge, kind, key, amount)
    captured, refunded = charge["captured"], charge["refunded"]
    voided = charge["voided"]
    if kind == "refund":
        refunded += amount
    else:
        captured += amount
        if one_capture and charge["amount"] - captured - voided:
            rest = charge["amount"] - captured - voided
            await enter(session, charge, "void", key, rest)
            voided += rest
    empty = charge["amount"] == voided + refunded
    standing = Standing.VOIDED if empty else Standing.AUTHORISED
    sums = {"captured": captured, "refunded": refunded, "voided": voided}
    await change(session, charge, **sums, standing=standing.value)


async def _charge(session: AsyncSession, charge: Charge, script: Script) -> None:
    standing = Standing.DECLINED if script.decline else Standing.AUTHORISED
    kind = "decline" if script.decline else "authorise"
    if script.webhooks:
        standing, kind = Standing.REQUIRES_ACTION, "action"
    row: dict[str, Any] = {
        "charge_id": new_id(),
        "reference": charge.payment_id,
        "standing": standing.value,
        "reason": script.decline,
        "amount": charge.amount.minor,
        "currency": charge.amount.currency,
        "act": charge.token if is_known(charge.token) else None,
    }
    await session.execute(insert(charges).values(row))
    await enter(session, row, kind, str(charge.payment_id), charge.amount.minor)
