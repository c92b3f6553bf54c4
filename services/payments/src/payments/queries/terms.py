"""What may be bought on account, as staff see it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from chassis.scope import Scope
from contracts.values import Money, SiteId
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from payments.domain.terms import Buyer, SiteTerms
from payments.queries.scoped import within
from payments.storage.tables import sites
from payments.storage.terms import open_sum
from payments.storage.terms_tables import agreements, changes, usual_terms


class LimitView(BaseModel):
    """What may be open in a currency, and what is.

    Attributes:
        left: Negative when the limit was lowered below what is open.
    """

    model_config = ConfigDict(frozen=True)

    limit: Money
    open: Money
    left: Money


class AgreementView(BaseModel):
    """What a customer may buy on account.

    Attributes:
        agreed: Whether there is an agreement; if not, what the site says to all is shown.
        allowed: Whether a purchase order is taken at all.
        limits: Of an agreement: nothing is taken in other currencies.
        version: 0 when there never was an agreement.
    """

    model_config = ConfigDict(frozen=True)

    agreed: bool
    allowed: bool
    net_days: int
    limits: Sequence[LimitView]
    version: int


class UsualView(BaseModel):
    """What a site says to those with whom nothing was agreed."""

    model_config = ConfigDict(frozen=True)

    without_agreement: bool
    net_days: int


class TermsChangeView(BaseModel):
    """Who changed what (SC-2); before the first agreement, and after its removal, is nothing."""

    model_config = ConfigDict(frozen=True)

    id: int
    at: datetime
    staff_id: str | None
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


async def agreement(scope: Scope, session: AsyncSession, buyer: Buyer) -> AgreementView:
    """Give what a customer may buy on account at a site, and what is open."""
    query = select(agreements).join(sites, sites.c.customer_set_id == agreements.c.customer_set_id)
    query = query.where(
        sites.c.site_id == buyer.site_id,
        agreements.c.customer_id == buyer.customer_id,
        within(scope, sites.c.site_id),
    )
    row = (await session.execute(query)).one_or_none()
    if row is None or row.removed:
        said = await usual(scope, session, buyer.site_id)
        return AgreementView(
            agreed=False,
            allowed=said.without_agreement,
            net_days=said.net_days,
            limits=(),
            version=0 if row is None else row.version,
        )
    limits = [
        _limit(currency, minor, await open_sum(session, buyer, currency))
        for currency, minor in sorted(row.limits.items())
    ]
    allowed = any(one.limit.minor for one in limits)
    return AgreementView(
        agreed=True, allowed=allowed, net_days=row.net_days, limits=limits, version=row.version
    )


async def usual(scope: Scope, session: AsyncSession, site_id: SiteId) -> UsualView:
    """Give what a site says to those with whom nothing was agreed."""
    query = select(usual_terms).where(
        usual_terms.c.site_id == site_id, within(scope, usual_terms.c.site_id)
    )
    row = (await session.execute(query)).one_or_none()
    said = SiteTerms() if row is None else SiteTerms(row.without_agreement, row.net_days)
    return UsualView(without_agreement=said.without_agreement, net_days=said.net_days)


async def agreement_changes(
    scope: Scope, session: AsyncSession, buyer: Buyer, *, after: int, limit: int
) -> Sequence[TermsChangeView]:
    """List what was agreed with a customer and when, the oldest first."""
    query = (
        select(changes)
        .join(sites, sites.c.customer_set_id == changes.c.customer_set_id)
        .where(
            sites.c.site_id == buyer.site_id,
            changes.c.customer_id == buyer.customer_id,
            within(scope, sites.c.site_id),
        )
    )
    return await _listed(session, query, after, limit)


async def usual_changes(
    scope: Scope, session: AsyncSession, site_id: SiteId, *, after: int, limit: int
) -> Sequence[TermsChangeView]:
    """List what a site said to all others and when, the oldest first."""
    query = select(changes).where(changes.c.site_id == site_id, within(scope, changes.c.site_id))
    return await _listed(session, query, after, limit)


async def _listed(
    session: AsyncSession, query: Select[Any], after: int, limit: int
) -> Sequence[TermsChangeView]:
    query = query.where(changes.c.change_id > after).order_by(changes.c.change_id).limit(limit)
    return [
        TermsChangeView(
            id=row.change_id, at=row.at, staff_id=row.staff_id, before=row.before, after=row.after
        )
        for row in await session.execute(query)
    ]


def _limit(currency: str, limit: int, open_: int) -> LimitView:
    return LimitView(
        limit=Money(limit, currency),
        open=Money(open_, currency),
        left=Money(limit - open_, currency),
    )
