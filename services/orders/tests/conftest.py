"""A migrated database of this service's own, and the service on it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from chassis.migrations import upgrade
from orders.main import MIGRATIONS

from services.orders.tests.driving import Orders, open_orders
from tests.servers import NewDatabase


@pytest.fixture(scope="session")
def orders_database(new_session_database: NewDatabase) -> str:
    """URL of a new database that is migrated to the newest state."""
    url = new_session_database()
    asyncio.run(upgrade(MIGRATIONS, url))
    return url


@pytest.fixture
async def orders(orders_database: str) -> AsyncIterator[Orders]:
    async with open_orders(orders_database) as opened:
        # what other tests have left under way is not carried on in this one
        await opened.take("")
        await opened.sql("UPDATE saga SET wake_at = NULL RETURNING id")
        yield opened
