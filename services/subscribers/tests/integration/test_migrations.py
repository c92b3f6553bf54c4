from collections.abc import Callable

import pytest
from chassis.migrations import check, upgrade
from sqlalchemy.exc import DBAPIError
from subscribers.main import MIGRATIONS

from services.subscribers.tests.driving import STARTED, Subscribers


async def test_the_migrations_lead_to_the_tables(new_database: Callable[[], str]) -> None:
    url = new_database()

    await upgrade(MIGRATIONS, url)
    await upgrade(MIGRATIONS, url)

    await check(MIGRATIONS, url)


async def test_what_was_archived_cannot_be_changed(subscribers: Subscribers) -> None:
    await subscribers.happen(STARTED)
    with pytest.raises(DBAPIError, match="append-only"):
        await subscribers.run("UPDATE archived_event SET type = 'x'")
