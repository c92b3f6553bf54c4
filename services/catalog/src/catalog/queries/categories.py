"""Categories: the same for all staff."""

from collections.abc import Sequence

from chassis.scope import Scope
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.storage.tables import categories


class CategoryView(BaseModel):
    """A category; ``version`` grows with every change and is the ETag."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    code: str
    name: str
    parent: str | None
    version: int


async def category(
    scope: Scope,  # noqa: ARG001 - categories belong to no site
    session: AsyncSession,
    code: str,
) -> CategoryView | None:
    """Give a category, by its code."""
    row = (await session.execute(select(categories).where(categories.c.code == code))).first()
    return None if row is None else CategoryView.model_validate(row)


async def list_categories(
    scope: Scope,  # noqa: ARG001 - categories belong to no site
    session: AsyncSession,
    *,
    parent: str | None,
    after: str | None,
    limit: int,
) -> Sequence[CategoryView]:
    """List categories by code, of this parent or all, at most ``limit``, those behind ``after``."""
    query = select(categories).order_by(categories.c.code).limit(limit)
    if parent is not None:
        query = query.where(categories.c.parent == parent)
    if after is not None:
        query = query.where(categories.c.code > after)
    return [CategoryView.model_validate(row) for row in await session.execute(query)]
