from typing import Any
from uuid import UUID

from contracts.values import Money, SiteId
from sqlalchemy import DateTime, Select, Uuid, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.domain.discounts import Kind
from catalog.domain.promotions import Promotion, PromotionTerms
from catalog.domain.validity import Validity
from catalog.storage.tables import promotion_sites, promotions

_AT = bindparam("at", type_=DateTime(timezone=True))
_sites = (
    select(promotion_sites.c.site_id)
    .where(promotion_sites.c.promotion == promotions.c.code)
    .correlate(promotions)
)
PROMOTIONS: Select[Any] = select(promotions, func.array(_sites.scalar_subquery()).label("site_ids"))
"""Promotions, each with the ids of its sites."""

AUTOMATIC = (
    PROMOTIONS.join(promotion_sites, promotion_sites.c.promotion == promotions.c.code)
    .where(promotion_sites.c.site_id == bindparam("site_id", type_=Uuid()))
    .where(promotion_sites.c.automatic)
    .where(or_(promotions.c.valid_from.is_(None), promotions.c.valid_from <= _AT))
    .where(or_(promotions.c.valid_until.is_(None), promotions.c.valid_until > _AT))
)
"""The promotions of a site that hold at a time and need no coupon."""


class SqlPromotionRepository:
    """Keeps promotions with their sites."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def locked(self, code: str, *, new_id: UUID) -> Promotion:
        made = upsert(promotions).values(
            code=code,
            promotion_id=new_id,
            version=0,
            **_columns(PromotionTerms("", Kind.FREE_SHIPPING)),
        )
        await self._session.execute(made.on_conflict_do_nothing(index_elements=["code"]))
        query = PROMOTIONS.where(promotions.c.code == code).with_for_update(of=promotions)
        return promotion_of((await self._session.execute(query)).one())

    async def found(self, code: str) -> Promotion | None:
        query = PROMOTIONS.where(promotions.c.code == code, promotions.c.version > 0)
        row = (await self._session.execute(query)).first()
        return None if row is None else promotion_of(row)

    async def keep(self, promotion: Promotion) -> None:
        session, code = self._session, promotion.code
        await session.execute(
            update(promotions)
            .where(promotions.c.code == code)
            .values(version=promotion.version, **_columns(promotion.terms))
        )
        await session.execute(delete(promotion_sites).where(promotion_sites.c.promotion == code))
        automatic = promotion.terms.active and not promotion.terms.needs_coupon
        rows = [
            {"promotion": code, "site_id": site, "automatic": automatic}
            for site in sorted(promotion.sites)
        ]
        await session.execute(insert(promotion_sites), rows)


def promotion_of(row: Any) -> Promotion:  # noqa: ANN401 - a row of the query
    """Give the promotion of a row of ``PROMOTIONS``."""
    terms = PromotionTerms(
        name=row.name,
        kind=Kind(row.kind),
        basis_points=row.basis_points,
        amount=None if row.minor is None else Money(row.minor, row.currency),
        minimum=None if row.minimum is None else Money(row.minimum, row.currency),
        level=row.level,
        validity=Validity(row.valid_from, row.valid_until),
        products=None if row.products is None else frozenset(row.products),
        categories=None if row.categories is None else frozenset(row.categories),
        needs_coupon=row.needs_coupon,
        combinable=row.combinable,
        priority=row.priority,
        active=row.active,
    )
    sites = {SiteId(site) for site in row.site_ids}
    return Promotion(row.code, row.promotion_id, terms, sites, row.version)


def _columns(terms: PromotionTerms) -> dict[str, Any]:
    return {
        "name": terms.name,
        "kind": terms.kind.value,
        "basis_points": terms.basis_points,
        "minor": terms.amount and terms.amount.minor,
        "minimum": terms.minimum and terms.minimum.minor,
        "currency": terms.currency,
        "level": terms.level,
        "valid_from": terms.validity.valid_from,
        "valid_until": terms.validity.valid_until,
        "products": None if terms.products is None else sorted(terms.products),
        "categories": None if terms.categories is None else sorted(terms.categories),
        "needs_coupon": terms.needs_coupon,
        "combinable": terms.combinable,
        "priority": terms.priority,
        "active": terms.active,
    }
