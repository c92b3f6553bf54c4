"""A migrated database of this service's own, its use cases over it, and its API."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from catalog.main import MIGRATIONS
from chassis.database import create_engine, sessions
from chassis.migrations import upgrade

from services.catalog.tests.api import Api, open_api
from services.catalog.tests.driving import Catalog
from tests.servers import NewDatabase


@pytest.fixture(scope="session")
def catalog_database(new_session_database: NewDatabase) -> str:
    """URL of a new database that is migrated to the newest state."""
    url = new_session_database()
    asyncio.run(upgrade(MIGRATIONS, url))
    return url


@pytest.fixture
async def catalog(catalog_database: str) -> AsyncIterator[Catalog]:
    engine = create_engine(catalog_database)
    yield Catalog(sessions(engine))
    await engine.dispose()


@pytest.fixture
async def api(catalog_database: str) -> AsyncIterator[Api]:
    async with open_api(catalog_database) as served:
        yield served
