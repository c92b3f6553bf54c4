"""The catalog's tables. Everything in ``metadata`` is migrated by this service's Alembic tree."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
)

from catalog.storage.metadata import idempotency, messaging, metadata
from catalog.storage.price_tables import (
    coupon_submissions,
    price_list_entries,
    price_lists,
    promotion_sites,
    promotions,
    voucher_uses,
    vouchers,
)
from catalog.storage.product_tables import (
    categories,
    product_categories,
    product_prices,
    product_search,
    product_sites,
    product_words,
    products,
    variants,
)
from catalog.storage.stock_tables import (
    product_stock_policies,
    receipt_lines,
    receipts,
    reservation_lines,
    reservations,
    site_stock_policies,
    stock,
    stock_movements,
    stock_returns,
)

__all__ = [
    "categories",
    "coupon_submissions",
    "idempotency",
    "location_sites",
    "locations",
    "messaging",
    "metadata",
    "price_list_entries",
    "price_lists",
    "product_categories",
    "product_prices",
    "product_search",
    "product_sites",
    "product_stock_policies",
    "product_words",
    "products",
    "promotion_sites",
    "promotions",
    "receipt_lines",
    "receipts",
    "reservation_lines",
    "reservations",
    "site_stock_policies",
    "sites",
    "stock",
    "stock_movements",
    "stock_returns",
    "variants",
    "voucher_uses",
    "vouchers",
]

sites = Table(
    "site",
    metadata,
    Column("site_id", Uuid, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("code", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("customer_set_id", Uuid, nullable=False),
    Column("country", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    comment="copies of the customers service's sites; the highest version is kept",
)

locations = Table(
    "location",
    metadata,
    Column("location_id", Uuid, primary_key=True),
    Column("code", Text(collation="C"), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("ships", Boolean, nullable=False),
    Column("pickup", Boolean, nullable=False),
    Column("delivery", Boolean, nullable=False),
    Column("priority", Integer, nullable=False, comment="the lowest ships first"),
    Column("version", BigInteger, nullable=False),
)

location_sites = Table(
    "location_site",
    metadata,
    Column("site_id", Uuid, ForeignKey("site.site_id"), primary_key=True),
    Column("location_id", Uuid, ForeignKey("location.location_id"), primary_key=True),
    Index("location_site_by_location", "location_id"),
    comment="which sites a location serves",
)
