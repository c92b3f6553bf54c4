"""The migrations make what the tables say."""

from catalog.main import MIGRATIONS
from chassis.migrations import check, upgrade


async def test_the_migrated_database_is_what_the_tables_say(catalog_database: str) -> None:
    await check(MIGRATIONS, catalog_database)
    await upgrade(MIGRATIONS, catalog_database)
