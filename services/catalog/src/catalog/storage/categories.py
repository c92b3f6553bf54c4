from collections.abc import Collection

from messaging.direct import Direct
from sqlalchemy import any_, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.selectable import CTE

from catalog.domain.categories import Category
from catalog.storage.tables import categories
from catalog.storage.unnested import TEXTS

_CODES = bindparam("codes", type_=TEXTS)
_TREE = select(func.pg_advisory_xact_lock(func.hashtext("catalog.category")))


def _chain(*, down: bool) -> CTE:
    """Give categories and all that are part of them, or all that they are part of."""
    start = (
        select(categories.c.code.label("of"), categories.c.code, categories.c.parent)
        .where(categories.c.code == any_(_CODES))
        .where(categories.c.version > 0)
        .cte("chain", recursive=True)
    )
    link = categories.c.parent == start.c.code if down else categories.c.code == start.c.parent
    step = select(start.c.of, categories.c.code, categories.c.parent).join(start, link)
    return start.union(step)


def chain_above() -> CTE:
    """Give ``codes`` (``of``) with all categories that each is part of (``code``), itself too."""
    return _chain(down=False)


_above = chain_above()
_below = _chain(down=True)
ABOVE = select(_above.c.of, _above.c.code)
"""Each of ``codes`` (``of``) with itself and all categories that it is part of."""
BELOW = Direct(select(_below.c.code))
"""The categories of ``codes`` and all that are part of them."""


class SqlCategoryRepository:
    """Keeps categories."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def locked(self, code: str) -> Category:
        # Two who move two categories under each other at once would make a circle.
        await self._session.execute(_TREE)
        made = upsert(categories).values(code=code, name="", version=0)
        await self._session.execute(made.on_conflict_do_nothing())
        query = select(categories).where(categories.c.code == code).with_for_update()
        return Category(*(await self._session.execute(query)).one())

    async def keep(self, category: Category) -> None:
        await self._session.execute(
            update(categories)
            .where(categories.c.code == category.code)
            .values(name=category.name, parent=category.parent, version=category.version)
        )

    async def known(self, codes: Collection[str]) -> set[str]:
        if not codes:
            return set()
        query = select(categories.c.code).where(categories.c.code == any_(_CODES))
        rows = await self._session.execute(query, {"codes": list(codes)})
        return set(rows.scalars())

    async def above(self, code: str) -> set[str]:
        rows = await self._session.execute(ABOVE, {"codes": [code]})
        return {row.code for row in rows}
