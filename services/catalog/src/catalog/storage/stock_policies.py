from typing import Any

from contracts.values import SiteId, Sku
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.domain.stock_policy import Backorder, KeptPolicy, ProductPolicy, SitePolicy
from catalog.storage.tables import product_stock_policies, site_stock_policies


class SqlStockPolicyRepository:
    """Keeps what sites promise; a site or product without a row follows the default."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def locked(self, site_id: SiteId) -> KeptPolicy:
        # The row is made first: two who put the first policy of a site wait for each other here.
        made = upsert(site_stock_policies).values(
            site_id=site_id, version=0, **_values(SitePolicy())
        )
        await self._session.execute(made.on_conflict_do_nothing())
        of = site_stock_policies.c.site_id == site_id
        row = (
            await self._session.execute(select(site_stock_policies).where(of).with_for_update())
        ).one()
        policy = SitePolicy(
            row.future_stock, row.horizon_days, Backorder(row.backorder), row.split_shipping
        )
        return KeptPolicy(policy, row.version)

    async def keep(self, site_id: SiteId, kept: KeptPolicy) -> None:
        await self._session.execute(
            update(site_stock_policies)
            .where(site_stock_policies.c.site_id == site_id)
            .values(version=kept.version, **_values(kept.policy))
        )

    async def keep_product(self, site_id: SiteId, sku: Sku, policy: ProductPolicy | None) -> bool:
        table = product_stock_policies
        if policy is None:
            gone = delete(table).where(table.c.site_id == site_id, table.c.sku == sku)
            return (await self._session.execute(gone.returning(table.c.sku))).first() is not None
        values = {
            "backorder": policy.backorder.value if policy.backorder else None,
            "future_stock": policy.future_stock,
        }
        kept = upsert(table).values(site_id=site_id, sku=sku, **values)
        before = select(table.c.sku).where(table.c.site_id == site_id, table.c.sku == sku)
        there = (await self._session.execute(before)).first() is not None
        await self._session.execute(
            kept.on_conflict_do_update(index_elements=[table.c.site_id, table.c.sku], set_=values)
        )
        return there


def _values(policy: SitePolicy) -> dict[str, Any]:
    return {
        "future_stock": policy.future_stock,
        "horizon_days": policy.horizon_days,
        "backorder": policy.backorder.value,
        "split_shipping": policy.split_shipping,
    }
