"""Where the customers service is put together."""

from pathlib import Path

from chassis.service import Service

from customers.api import addresses, customers, sites
from customers.handlers.subscriptions import subscriptions
from customers.storage.tables import messaging
from customers.storage.unit_of_work import SqlUnitOfWork

MIGRATIONS = Path(__file__).parents[2] / "migrations"

SERVICE = Service(
    name="customers",
    title="Tradecounter customers",
    subscriptions=subscriptions,
    unit_of_work=SqlUnitOfWork,
    tables=messaging,
    migrations=MIGRATIONS,
    routers=(sites.sets, sites.router, customers.router, addresses.router),
)
