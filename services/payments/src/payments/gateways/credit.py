"""Store credit and gift cards as a gateway: to authorise is to hold, to capture is to transfer.

What a payment holds lies on an account of its own until it is taken or let go of.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from contracts.values import PaymentId
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from payments.domain.credit import (
    Account,
    AccountKind,
    NotEnoughCredit,
    Transfer,
    books_of,
    credit_of,
    hold_of,
)
from payments.domain.gateway import Charge, Finding, Held, Listed, Part, Standing
from payments.domain.methods import No, gateway_refused
from payments.storage.credit import SqlCreditBooks
from payments.storage.credit_tables import accounts, transfers


class CreditGateway:
    """The books, over sessions of their own."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions

    async def authorise(self, charge: Charge) -> Finding:
        """Hold the amount: declined when the account has not so much."""
        payment_id, minor = charge.payment_id, charge.amount.minor
        async with self._sessions.begin() as session:
            books = SqlCreditBooks(session)
            found = await _finding(books, payment_id)
            if found.standing is not Standing.NOT_FOUND:
                return found
            source = await _source(books, charge)
            if source is None or source.currency != charge.amount.currency:
                return Finding(Standing.DECLINED, reason="there is no such credit")
            hold = await books.open_hold(payment_id, source)
            entries = {source.account_id: -minor, hold: minor}
            transfer = Transfer(f"{payment_id}:hold", "hold", entries, payment_id)
            try:
                await books.transfer(transfer, _owed(source))
            except NotEnoughCredit as short:
                reason = f"{short.balance} minor units are left"
                return Finding(Standing.DECLINED, reason=reason)
            return await _finding(books, payment_id)

    async def capture(self, held: Held, part: Part) -> Finding:
        """Take a part of what is held."""
        return await self._move(held, part, "capture")

    async def refund(self, held: Held, part: Part) -> Finding:
        """Give back a part of what was taken, to where it came from."""
        return await self._move(held, part, "refund")

    async def void(self, held: Held, operation_id: UUID) -> Finding:  # noqa: ARG002 - a port's
        """Give back what is held and what was taken."""
        id_ = held.payment_id
        async with self._sessions.begin() as session:
            books = SqlCreditBooks(session)
            source = await _source_of(books, id_)
            if source is None:
                return Finding(Standing.NOT_FOUND)
            taken = books_of(source.site_id, AccountKind.TAKEN)
            await session.execute(
                select(accounts.c.account_id)
                .where(accounts.c.account_id == hold_of(id_))
                .with_for_update()
            )
            moved = await books.moved(id_)
            rest = moved["hold"] - moved["capture"] - moved["release"]
            back = moved["capture"] - moved["refund"]
            for kind, minor, from_ in (("release", rest, hold_of(id_)), ("refund", back, taken)):
                if minor:
                    entries = {from_: -minor, source.account_id: minor}
                    transfer = Transfer(f"{id_}:void:{kind}", kind, entries, id_)
                    await books.transfer(transfer, _owed(source))
            return await _finding(books, id_)

    async def look_up(self, held: Held, part: Part | None = None) -> Finding:
        """Tell how a payment stands, and whether a part of it is done."""
        async with self._sessions() as session:
            return await _finding(SqlCreditBooks(session), held.payment_id, part)

    async def listed(self, since: datetime) -> AsyncIterator[Listed]:
        """List the payments for which something was held since then."""
        query = (
            select(transfers.c.payment_id, accounts.c.currency)
            .join(accounts, accounts.c.payment_id == transfers.c.payment_id)
            .where(transfers.c.kind == "hold", transfers.c.at >= since)
            .order_by(transfers.c.transfer_id)
        )
        async with self._sessions() as session:
            books = SqlCreditBooks(session)
            for row in (await session.execute(query)).all():
                moved = await books.moved(row.payment_id)
                held = moved["hold"] - moved["release"] - moved["refund"]
                yield Listed(
                    PaymentId(row.payment_id),
                    f"credit {row.payment_id}",
                    row.currency,
                    moved["capture"],
                    moved["refund"],
                    held,
                )

    async def _move(self, held: Held, part: Part, kind: str) -> Finding:
        id_, minor = held.payment_id, part.amount.minor
        async with self._sessions.begin() as session:
            books = SqlCreditBooks(session)
            source = await _source_of(books, id_)
            if source is None:
                return Finding(Standing.NOT_FOUND)
            taken = await books.open_books(source.site_id, AccountKind.TAKEN, source.currency)
            hold = hold_of(id_)
            if kind == "capture":
                entries = {hold: -minor, taken: minor}
            else:
                entries = {taken: -minor, source.account_id: minor}
            refused: No | None = None
            try:
                transfer = Transfer(str(part.operation_id), kind, entries, id_)
                await books.transfer(transfer, _owed(source))
            except NotEnoughCredit as short:
                refused = gateway_refused(f"{short.balance} minor units are left")
            return replace(await _finding(books, id_, part), refused=refused)


async def _source(books: SqlCreditBooks, charge: Charge) -> Account | None:
    """Give the account that is paid from: a gift card's, or the customer's at the site."""
    if charge.site_id is None:
        return None
    if charge.token:
        return await books.card(charge.token, charge.site_id)
    if charge.customer_id is None:
        return None
    return await books.account(credit_of(charge.site_id, charge.customer_id))


async def _source_of(books: SqlCreditBooks, payment_id: PaymentId) -> Account | None:
    """Give the account from which a payment's money was held."""
    made = await books.made(f"{payment_id}:hold") or {}
    for account_id, amount in made.items():
        if amount < 0:
            return await books.account(account_id)
    return None


def _owed(source: Account) -> UUID:
    return books_of(source.site_id, AccountKind.ISSUED)


async def _finding(
    books: SqlCreditBooks, payment_id: PaymentId, part: Part | None = None
) -> Finding:
    moved = await books.moved(payment_id)
    if not moved["hold"]:
        return Finding(Standing.NOT_FOUND)
    empty = moved["hold"] == moved["release"] + moved["refund"]
    done = part is not None and await books.made(str(part.operation_id)) is not None
    return Finding(
        Standing.VOIDED if empty else Standing.AUTHORISED,
        f"credit {payment_id}",
        captured=moved["capture"],
        refunded=moved["refund"],
        voided=moved["release"],
        done=frozenset({part.operation_id}) if part is not None and done else frozenset(),
    )
