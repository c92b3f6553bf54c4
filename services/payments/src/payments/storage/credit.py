"""The books of store credit and gift cards in the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from contracts.values import CustomerId, PaymentId, SiteId
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from payments.domain.credit import (
    Account,
    AccountKind,
    Transfer,
    apply,
    books_of,
    card_of,
    credit_of,
    hold_of,
)
from payments.storage.credit_tables import accounts, entries, transfers
from payments.storage.tables import sites


@dataclass(frozen=True, slots=True)
class Moved:
    """What the transfers of one payment moved, in minor units, by kind."""

    sums: Mapping[str, int]

    def __getitem__(self, kind: str) -> int:
        return self.sums.get(kind, 0)


class SqlCreditBooks:
    """Accounts are locked in the order of their ids, so that two transfers cannot deadlock."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def open_books(self, site_id: SiteId, kind: AccountKind, currency: str) -> UUID:
        id_ = books_of(site_id, kind)
        return await self._open(account_id=id_, kind=kind, site_id=site_id, currency=currency)

    async def open_credit(self, site_id: SiteId, customer_id: CustomerId, currency: str) -> UUID:
        return await self._open(
            account_id=credit_of(site_id, customer_id),
            kind=AccountKind.STORE_CREDIT,
            site_id=site_id,
            currency=currency,
            customer_id=customer_id,
        )

    async def open_card(self, site_id: SiteId, digest: str, currency: str) -> UUID:
        return await self._open(
            account_id=card_of(digest, site_id),
            kind=AccountKind.GIFT_CARD,
            site_id=site_id,
            currency=currency,
            code_digest=digest,
        )

    async def open_hold(self, payment_id: PaymentId, source: Account) -> UUID:
        return await self._open(
            account_id=hold_of(payment_id),
            kind=AccountKind.HOLD,
            site_id=source.site_id,
            currency=source.currency,
            payment_id=payment_id,
        )

    async def account(self, account_id: UUID) -> Account | None:
        return await self._one(accounts.c.account_id == account_id)

    async def card(self, digest: str, site_id: SiteId) -> Account | None:
        of_set = select(sites.c.customer_set_id).where(sites.c.site_id == site_id)
        good_at = select(sites.c.site_id).where(sites.c.customer_set_id == of_set.scalar_subquery())
        return await self._one(accounts.c.code_digest == digest, accounts.c.site_id.in_(good_at))

    async def made(self, key: str) -> Mapping[UUID, int] | None:
        """Give the entries of the transfer with this key; none when it was not made."""
        query = (
            select(entries.c.account_id, entries.c.amount)
            .join(transfers, transfers.c.transfer_id == entries.c.transfer_id)
            .where(transfers.c.key == key)
        )
        rows = (await self._session.execute(query)).all()
        return {row.account_id: row.amount for row in rows} or None

    async def transfer(self, transfer: Transfer, owed: UUID) -> bool:
        """Move the money; false when it was moved before under the same key.

        Raises:
            NotEnoughCredit: An account other than ``owed`` has not so much; nothing moves.
        """
        query = (
            select(accounts.c.account_id, accounts.c.balance)
            .where(accounts.c.account_id.in_(list(transfer.entries)))
            .order_by(accounts.c.account_id)
            .with_for_update()
        )
        balances = {r.account_id: r.balance for r in await self._session.execute(query)}
        if await self.made(transfer.key) is not None:
            return False
        apply(balances, transfer, owed)
        made = (
            insert(transfers)
            .values(
                key=transfer.key,
                kind=transfer.kind,
                payment_id=transfer.payment_id,
                reason=transfer.reason,
                staff_id=transfer.staff_id,
            )
            .returning(transfers.c.transfer_id)
        )
        transfer_id = (await self._session.execute(made)).scalar_one()
        rows = [
            {"transfer_id": transfer_id, "account_id": account_id, "amount": amount}
            for account_id, amount in sorted(transfer.entries.items())
        ]
        await self._session.execute(insert(entries).values(rows))  # balances follow by trigger
        return True

    async def moved(self, payment_id: PaymentId) -> Moved:
        query = (
            select(transfers.c.kind, func.sum(entries.c.amount))
            .join(entries, entries.c.transfer_id == transfers.c.transfer_id)
            .where(transfers.c.payment_id == payment_id, entries.c.amount > 0)
            .group_by(transfers.c.kind)
        )
        return Moved({kind: int(total) for kind, total in await self._session.execute(query)})

    async def _open(self, **values: Any) -> UUID:  # noqa: ANN401 - columns
        await self._session.execute(insert(accounts).values(values).on_conflict_do_nothing())
        return values["account_id"]

    async def _one(self, *which: ColumnElement[bool]) -> Account | None:
        row = (await self._session.execute(select(accounts).where(*which))).one_or_none()
        if row is None:
            return None
        kind, site = AccountKind(row.kind), SiteId(row.site_id)
        return Account(row.account_id, kind, site, row.currency, row.balance)
