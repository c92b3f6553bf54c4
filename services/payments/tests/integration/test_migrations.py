from collections.abc import Callable

from chassis.migrations import check, upgrade
from payments.main import MIGRATIONS


async def test_the_migrations_lead_to_the_tables(new_database: Callable[[], str]) -> None:
    url = new_database()

    await upgrade(MIGRATIONS, url)
    await upgrade(MIGRATIONS, url)

    await check(MIGRATIONS, url)
