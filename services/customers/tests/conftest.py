"""A migrated database of this service's own, and its API over it."""

from collections.abc import AsyncIterator

import pytest
from chassis.database import create_engine, sessions
from chassis.migrations import upgrade
from customers.main import MIGRATIONS
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from services.customers.tests.api import Api, open_api
from tests.servers import NewDatabase, finish


@pytest.fixture(scope="session")
def customers_database(new_session_database: NewDatabase) -> str:
    """Address of a database that is migrated to the newest state."""
    url = new_session_database()
    finish(lambda: upgrade(MIGRATIONS, url))
    return url


@pytest.fixture
async def database(customers_database: str) -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    """Sessions to look behind the API with."""
    engine = create_engine(customers_database)
    yield sessions(engine)
    await engine.dispose()


@pytest.fixture
async def api(customers_database: str) -> AsyncIterator[Api]:
    async with open_api(customers_database) as served:
        yield served
