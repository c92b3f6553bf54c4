"""The composition root: what the catalog service is made of."""

from pathlib import Path

from chassis.service import Service

from catalog.api import (
    availability,
    categories,
    locations,
    movements,
    price_lists,
    product_imports,
    product_records,
    product_search,
    products,
    promotions,
    quotes,
    receipts,
    stock,
    stock_imports,
    stock_policies,
    vouchers,
)
from catalog.handlers.subscriptions import subscriptions
from catalog.storage.expiry import end_expired_holds
from catalog.storage.tables import messaging
from catalog.storage.unit_of_work import SqlUnitOfWork

MIGRATIONS = Path(__file__).parents[2] / "migrations"

SERVICE = Service(
    name="catalog",
    title="Catalog",
    subscriptions=subscriptions,
    unit_of_work=SqlUnitOfWork,
    tables=messaging,
    migrations=MIGRATIONS,
    routers=(
        quotes.router,  # the busiest first: FastAPI tries one after the other
        availability.of_product,  # before the products, whose codes may hold slashes
        availability.router,
        product_search.router,
        product_search.variants,
        product_imports.router,
        product_records.router,
        products.router,
        categories.router,
        price_lists.router,
        promotions.router,
        vouchers.router,
        locations.router,
        stock.adjustments,
        stock.router,
        stock_imports.router,
        stock_policies.router,
        movements.router,
        receipts.router,
    ),
    background=(end_expired_holds,),
)
