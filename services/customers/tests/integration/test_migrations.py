from chassis.migrations import check, upgrade
from customers.main import MIGRATIONS

from tests.servers import NewDatabase


async def test_migrations_lead_to_the_tables(new_database: NewDatabase) -> None:
    url = new_database()

    await upgrade(MIGRATIONS, url)
    await upgrade(MIGRATIONS, url)

    await check(MIGRATIONS, url)
