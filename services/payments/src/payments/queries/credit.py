"""What is on gift cards and in store credit."""

from chassis.scope import Scope
from contracts.gift_cards import code_digest
from contracts.values import CustomerId, Money, SiteId
from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from payments.domain.credit import credit_of
from payments.queries.scoped import of_sets, within
from payments.storage.credit_tables import accounts
from payments.storage.tables import sites


class CreditView(BaseModel):
    """What can be paid with."""

    model_config = ConfigDict(frozen=True)

    balance: Money


async def card_balance(scope: Scope, session: AsyncSession, code: str) -> CreditView | None:
    """Give what is on a gift card; none when it is good on no site in scope."""
    return await _balance(
        session, accounts.c.code_digest == code_digest(code), of_sets(scope, accounts.c.site_id)
    )


async def customer_credit(
    scope: Scope, session: AsyncSession, site_id: SiteId, customer_id: CustomerId, currency: str
) -> CreditView:
    """Give a customer's credit at a site."""
    account_id = credit_of(site_id, customer_id)
    found = await _balance(
        session, accounts.c.account_id == account_id, within(scope, accounts.c.site_id)
    )
    return found or CreditView(balance=Money(0, currency))


async def site_currency(scope: Scope, session: AsyncSession, site_id: SiteId) -> str | None:
    """Give a site's currency."""
    query = select(sites.c.currency).where(
        sites.c.site_id == site_id, within(scope, sites.c.site_id)
    )
    return (await session.execute(query)).scalar_one_or_none()


async def _balance(session: AsyncSession, *which: ColumnElement[bool]) -> CreditView | None:
    row = (await session.execute(select(accounts).where(*which))).one_or_none()
    return None if row is None else CreditView(balance=Money(row.balance, row.currency))
