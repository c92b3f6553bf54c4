"""A migrated database of this service's own, its use cases and its API over it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from chassis.database import create_engine, sessions
from chassis.migrations import upgrade
from messaging.faults import arm
from payments.main import MIGRATIONS

from services.payments.tests.api import Api, open_api
from services.payments.tests.driving import Payments


@pytest.fixture(scope="session")
def payments_template(new_session_database: Callable[[], str]) -> str:
    """Address of a database that is migrated to the newest state."""
    url = new_session_database()
    asyncio.run(upgrade(MIGRATIONS, url))
    return url


@pytest.fixture
def payments_database(payments_template: str, new_database: Callable[[str], str]) -> str:
    """Address of a migrated database that is this test's alone."""
    return new_database(payments_template)


@pytest.fixture
async def payments(payments_database: str) -> AsyncIterator[Payments]:
    engine, books = create_engine(payments_database), create_engine(payments_database)
    yield Payments(sessions(engine), sessions(books))
    await engine.dispose()
    await books.dispose()


@pytest.fixture
async def api(payments_database: str) -> AsyncIterator[Api]:
    async with open_api(payments_database) as served:
        yield served


@pytest.fixture(autouse=True)
def disarmed() -> Iterator[None]:
    """Leave no fault behind."""
    yield
    arm("")
