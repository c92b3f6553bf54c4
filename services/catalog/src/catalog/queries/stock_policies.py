"""What sites promise beyond the goods on hand."""

from collections.abc import Sequence

from chassis.scope import Scope
from contracts.values import Sku
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.domain.stock_policy import Backorder, KeptPolicy, SitePolicy
from catalog.queries.scoped import seen_site
from catalog.storage.tables import product_stock_policies, site_stock_policies


class ProductPolicyView(BaseModel):
    """What a site decides otherwise for one product; none: as for the others."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    sku: Sku
    backorder: Backorder | None
    future_stock: bool | None


async def stock_policy(scope: Scope, session: AsyncSession, code: str) -> KeptPolicy | None:
    """Give the policy of a site, by its code; the default where it has none of its own."""
    site = await seen_site(scope, session, code)
    if site is None:
        return None
    table = site_stock_policies
    row = (await session.execute(select(table).where(table.c.site_id == site.site_id))).first()
    if row is None:
        return KeptPolicy(SitePolicy(), 0)
    policy = SitePolicy(
        row.future_stock, row.horizon_days, Backorder(row.backorder), row.split_shipping
    )
    return KeptPolicy(policy, row.version)


async def product_policies(
    scope: Scope, session: AsyncSession, code: str, *, after: Sku | None, limit: int
) -> Sequence[ProductPolicyView] | None:
    """List what a site decides otherwise, by SKU, at most ``limit``, those behind ``after``."""
    site = await seen_site(scope, session, code)
    if site is None:
        return None
    table = product_stock_policies
    query = select(table.c.sku, table.c.backorder, table.c.future_stock).where(
        table.c.site_id == site.site_id
    )
    if after is not None:
        query = query.where(table.c.sku > after)
    rows = await session.execute(query.order_by(table.c.sku).limit(limit))
    return [ProductPolicyView.model_validate(row) for row in rows]
