"""Promotions and vouchers as staff see them: those of their sites."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.scope import Scope
from contracts.values import CustomerId, Money
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Select, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.domain.promotions import Promotion, folded_code
from catalog.queries.scoped import within
from catalog.storage.promotions import PROMOTIONS, promotion_of
from catalog.storage.tables import promotion_sites, promotions, sites, vouchers


class PromotionView(BaseModel):
    """A promotion.

    Attributes:
        sites: Codes of those of its sites that the caller sees.
        kind: ``percent``, ``amount`` or ``free-shipping``.
        basis_points: Of a percentage: 10,000 is all of it.
        valid_until: The first moment when it does not hold any more.
        version: Grows with every change; it is the ETag.
    """

    model_config = ConfigDict(frozen=True)

    code: str
    promotion_id: UUID
    name: str
    sites: tuple[str, ...]
    kind: str
    basis_points: int | None
    amount: Money | None
    minimum: Money | None
    level: str | None
    valid_from: datetime | None
    valid_until: datetime | None
    products: tuple[str, ...] | None
    categories: tuple[str, ...] | None
    needs_coupon: bool
    combinable: bool
    priority: int
    active: bool
    version: int


class VoucherView(BaseModel):
    """A voucher.

    Attributes:
        promotion: Code of what it gives.
        site: Code.
        used: How often it is used up now.
        author: Staff id of who made it.
    """

    model_config = ConfigDict(frozen=True, from_attributes=True)

    code: str
    voucher_id: UUID
    promotion: str
    site: str
    customer_id: CustomerId | None
    limit_total: int | None
    limit_per_customer: int | None
    valid_from: datetime | None
    valid_until: datetime | None
    active: bool
    used: int
    author: str
    version: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class VoucherFilter:
    """Which vouchers are wanted; ``site`` and ``promotion`` are codes, none is any."""

    site: str | None = None
    promotion: str | None = None


def promotion_view(scope: Scope, promotion: Promotion, codes: Mapping[Any, str]) -> PromotionView:
    """Show a promotion; ``codes`` has the codes of its sites, those out of scope are left out."""
    terms = promotion.terms
    return PromotionView(
        code=promotion.code,
        promotion_id=promotion.promotion_id,
        name=terms.name,
        sites=tuple(sorted(codes[s] for s in promotion.sites if s in codes and scope.sees(s))),
        kind=terms.kind.value,
        basis_points=terms.basis_points,
        amount=terms.amount,
        minimum=terms.minimum,
        level=terms.level,
        valid_from=terms.validity.valid_from,
        valid_until=terms.validity.valid_until,
        products=None if terms.products is None else tuple(sorted(terms.products)),
        categories=None if terms.categories is None else tuple(sorted(terms.categories)),
        needs_coupon=terms.needs_coupon,
        combinable=terms.combinable,
        priority=terms.priority,
        active=terms.active,
        version=promotion.version,
    )


async def promotion(scope: Scope, session: AsyncSession, code: str) -> PromotionView | None:
    """Give a promotion, by its code."""
    found = await _shown(scope, session, _seen(scope).where(promotions.c.code == code))
    return found[0] if found else None


async def list_promotions(
    scope: Scope, session: AsyncSession, *, site: str | None, after: str | None, limit: int
) -> Sequence[PromotionView]:
    """List promotions by code, of a site or all, at most ``limit``, those behind ``after``."""
    query = _seen(scope).order_by(promotions.c.code).limit(limit)
    if site is not None:
        on = select(sites.c.site_id).where(sites.c.code == site).scalar_subquery()
        query = query.where(_offered_on().where(promotion_sites.c.site_id == on))
    if after is not None:
        query = query.where(promotions.c.code > after)
    return await _shown(scope, session, query)


def _offered_on() -> Any:  # noqa: ANN401 - an EXISTS that is narrowed further
    return exists().where(promotion_sites.c.promotion == promotions.c.code)


def _seen(scope: Scope) -> Select[Any]:
    query = PROMOTIONS.where(promotions.c.version > 0)
    if scope.sites is None:
        return query
    return query.where(_offered_on().where(within(scope, promotion_sites.c.site_id)))


async def _shown(
    scope: Scope, session: AsyncSession, query: Select[Any]
) -> Sequence[PromotionView]:
    found = [promotion_of(row) for row in await session.execute(query)]
    named = {site for one in found for site in one.sites}
    rows = await session.execute(
        select(sites.c.site_id, sites.c.code).where(sites.c.site_id.in_(named))
    )
    codes = {row.site_id: row.code for row in rows}
    return [promotion_view(scope, one, codes) for one in found]


def _vouchers(scope: Scope) -> Select[Any]:
    return (
        select(vouchers, sites.c.code.label("site"))
        .join(sites, sites.c.site_id == vouchers.c.site_id)
        .where(within(scope, vouchers.c.site_id))
    )


async def voucher(scope: Scope, session: AsyncSession, code: str) -> VoucherView | None:
    """Give a voucher, by its code in any case."""
    query = _vouchers(scope).where(vouchers.c.key == folded_code(code))
    row = (await session.execute(query)).first()
    return None if row is None else VoucherView.model_validate(row)


async def list_vouchers(
    scope: Scope,
    session: AsyncSession,
    *,
    narrowed: VoucherFilter,
    after: str | None,
    limit: int,
) -> Sequence[VoucherView]:
    """List vouchers by code without case, at most ``limit``, those behind ``after``."""
    query = _vouchers(scope).order_by(vouchers.c.key).limit(limit)
    if narrowed.site is not None:
        # Not a join: the site's own index gives them in this order.
        on = select(sites.c.site_id).where(sites.c.code == narrowed.site).scalar_subquery()
        query = query.where(vouchers.c.site_id == on)
    if narrowed.promotion is not None:
        query = query.where(vouchers.c.promotion == narrowed.promotion)
    if after is not None:
        query = query.where(vouchers.c.key > after)
    return [VoucherView.model_validate(row) for row in await session.execute(query)]
