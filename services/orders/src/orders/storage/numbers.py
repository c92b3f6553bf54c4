"""Counts for order numbers, taken from the database in blocks.

A counter that every order raised in its own transaction would make a site's orders wait for each
other; so a process takes a block at a time. What it has not used when it ends is left out.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from contracts.values import SiteId
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from orders.storage.tables import order_counts

BLOCK = 100


@dataclass(slots=True)
class _Block:
    left: Iterator[int] = field(default_factory=lambda: iter(range(0)))
    taking: asyncio.Lock = field(default_factory=asyncio.Lock)


class SqlNumbers:
    """Gives counts to one process; ``sessions`` must commit by itself or at its end."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession], block: int = BLOCK) -> None:
        self._sessions = sessions
        self._block = block
        self._blocks: dict[SiteId, _Block] = defaultdict(_Block)

    async def next(self, site_id: SiteId) -> int:
        """Give a count that no other order of the site has or will have, from 1."""
        block = self._blocks[site_id]
        while (count := next(block.left, None)) is None:
            async with block.taking:
                if (count := next(block.left, None)) is not None:
                    return count
                block.left = await self._taken(site_id)
        return count

    async def _taken(self, site_id: SiteId) -> Iterator[int]:
        statement = insert(order_counts).values(site_id=site_id, given=self._block)
        statement = statement.on_conflict_do_update(
            index_elements=[order_counts.c.site_id],
            set_={"given": order_counts.c.given + self._block},
        ).returning(order_counts.c.given)
        async with self._sessions.begin() as session:
            given = (await session.execute(statement)).scalar_one()
        return iter(range(given - self._block + 1, given + 1))
