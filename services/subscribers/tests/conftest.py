"""A migrated database of this service's own, its loops and its API over it."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta

import pytest
from chassis.database import create_engine, sessions
from chassis.migrations import upgrade
from messaging.faults import arm
from subscribers.domain.addresses import Guard
from subscribers.gateways.sender import open_sender
from subscribers.main import MIGRATIONS

from services.subscribers.tests.api import Api, open_api
from services.subscribers.tests.certificates import certificate_of
from services.subscribers.tests.driving import Subscribers
from services.subscribers.tests.receiver import Receiver, receiving


@pytest.fixture(scope="session")
def subscribers_template(new_session_database: Callable[[], str]) -> str:
    """Address of a database that is migrated to the newest state."""
    url = new_session_database()
    asyncio.run(upgrade(MIGRATIONS, url))
    return url


@pytest.fixture
def subscribers_database(subscribers_template: str, new_database: Callable[[str], str]) -> str:
    """Address of a migrated database that is this test's alone."""
    return new_database(subscribers_template)


@pytest.fixture
async def subscribers(subscribers_database: str) -> AsyncIterator[Subscribers]:
    engine = create_engine(subscribers_database)
    loopback = Guard.of(["127.0.0.0/8"])
    async with open_sender(loopback, timedelta(seconds=0.5)) as sender:
        yield Subscribers(sessions(engine), sender)
    await engine.dispose()


@pytest.fixture
async def api(subscribers_database: str) -> AsyncIterator[Api]:
    async with open_api(subscribers_database) as served:
        yield served


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as one:
        yield one


@pytest.fixture
async def other() -> AsyncIterator[Receiver]:
    async with receiving() as one:
        yield one


@pytest.fixture(autouse=True)
def disarmed() -> Iterator[None]:
    """Leave no fault behind."""
    yield
    arm("")


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Give a server's context with a certificate of hooks.example.com, and one that trusts it."""
    return certificate_of("hooks.example.com", tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="session")
def subscribers_session_database(
    subscribers_template: str, new_session_database: Callable[[str], str]
) -> str:
    """Address of a migrated database for tests that share it."""
    return new_session_database(subscribers_template)
