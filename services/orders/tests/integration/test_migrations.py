"""The migrations make what the tables say."""

from chassis.migrations import check, upgrade
from orders.main import MIGRATIONS


async def test_the_migrated_database_is_what_the_tables_say(orders_database: str) -> None:
    await check(MIGRATIONS, orders_database)
    await upgrade(MIGRATIONS, orders_database)
