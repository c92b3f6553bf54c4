"""What may be bought on account, in the database."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from contracts.values import PaymentId, SiteId
from messaging.outbox import Outbox
from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from payments.domain.methods import Method
from payments.domain.terms import Agreement, Buyer, SiteTerms
from payments.storage.tables import payments, sites
from payments.storage.terms_tables import agreements, changes, usual_terms


class SqlTermsRepository:
    """Loads what was agreed under its row lock."""

    def __init__(self, session: AsyncSession, outbox: Outbox) -> None:
        self._session = session
        self._outbox = outbox

    async def agreed(self, buyer: Buyer) -> Agreement | None:
        return _agreement(await self._row(buyer))

    async def version(self, buyer: Buyer) -> int:
        row = await self._row(buyer)
        return 0 if row is None else row.version

    async def _row(self, buyer: Buyer) -> Row[Any] | None:
        query = (
            select(agreements)
            .join(sites, sites.c.customer_set_id == agreements.c.customer_set_id)
            .where(sites.c.site_id == buyer.site_id, agreements.c.customer_id == buyer.customer_id)
            .with_for_update(of=agreements)
        )
        return (await self._session.execute(query)).one_or_none()

    async def usual(self, site_id: SiteId) -> SiteTerms:
        query = select(usual_terms).where(usual_terms.c.site_id == site_id)
        row = (await self._session.execute(query)).one_or_none()
        return SiteTerms() if row is None else SiteTerms(row.without_agreement, row.net_days)

    async def open_sum(self, buyer: Buyer, currency: str, beside: PaymentId | None) -> int:
        return await open_sum(self._session, buyer, currency, beside)

    async def agree(self, buyer: Buyer, agreement: Agreement) -> None:
        row = await self._row(buyer)
        set_id = await self._set_of(buyer.site_id)
        key = {"customer_set_id": set_id, "customer_id": buyer.customer_id}
        version = 1 if row is None else row.version + 1
        values = asdict(agreement) | {"version": version, "removed": False}
        statement = upsert(agreements).values({**key, **values})
        statement = statement.on_conflict_do_update(index_elements=list(key), set_=values)
        await self._session.execute(statement)
        await self._note(_said(_agreement(row)), _said(agreement), **key)

    async def disagree(self, buyer: Buyer) -> bool:
        before = await self.agreed(buyer)
        if before is None:
            return False
        set_id = await self._set_of(buyer.site_id)
        key = {"customer_set_id": set_id, "customer_id": buyer.customer_id}
        statement = update(agreements).values(removed=True, version=before.version + 1)
        await self._session.execute(statement.filter_by(**key))
        await self._note(_said(before), None, **key)
        return True

    async def make_usual(self, site_id: SiteId, terms: SiteTerms) -> None:
        before = await self.usual(site_id)
        statement = upsert(usual_terms).values(site_id=site_id, **asdict(terms))
        statement = statement.on_conflict_do_update(
            index_elements=[usual_terms.c.site_id], set_=asdict(terms)
        )
        await self._session.execute(statement)
        await self._note(asdict(before), asdict(terms), site_id=site_id)

    async def _set_of(self, site_id: SiteId) -> UUID:
        query = select(sites.c.customer_set_id).where(sites.c.site_id == site_id)
        return (await self._session.execute(query)).scalar_one()

    async def _note(
        self, before: dict[str, Any] | None, after: dict[str, Any] | None, **what: UUID
    ) -> None:
        if before == after:
            return
        staff_id = self._outbox.cause.staff_id
        statement = insert(changes).values(**what, staff_id=staff_id, before=before, after=after)
        await self._session.execute(statement)


async def open_sum(
    session: AsyncSession, buyer: Buyer, currency: str, beside: PaymentId | None = None
) -> int:
    """Add up a customer's open purchase orders, in minor units, on all sites of the set."""
    of_set = select(sites.c.customer_set_id).where(sites.c.site_id == buyer.site_id)
    rest = payments.c.authorised - payments.c.captured - payments.c.voided
    query = (
        select(func.coalesce(func.sum(rest), 0))
        .join(sites, sites.c.site_id == payments.c.site_id)
        .where(
            payments.c.customer_id == buyer.customer_id,
            payments.c.method == Method.PURCHASE_ORDER.value,
            payments.c.currency == currency,
            sites.c.customer_set_id == of_set.scalar_subquery(),
        )
    )
    if beside is not None:
        query = query.where(payments.c.payment_id != beside)
    return int((await session.execute(query)).scalar_one())


def _agreement(row: Row[Any] | None) -> Agreement | None:
    if row is None or row.removed:
        return None
    return Agreement(row.net_days, row.limits, row.version)


def _said(agreement: Agreement | None) -> dict[str, Any] | None:
    """Give what the history says of an agreement; its version is not part of what was agreed."""
    if agreement is None:
        return None
    return {"net_days": agreement.net_days, "limits": dict(agreement.limits)}
