"""The catalog's tables. Everything in ``metadata`` is migrated by this service's Alembic tree."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from catalog.storage.metadata import idempotency, messaging, metadata, moment
from catalog.storage.product_tables import (
    categories,
    product_categories,
    product_prices,
    product_sites,
    product_words,
    products,
    variants,
)

__all__ = [
    "categories",
    "idempotency",
    "location_sites",
    "locations",
    "messaging",
    "metadata",
    "product_categories",
    "product_prices",
    "product_sites",
    "product_words",
    "products",
    "reservation_lines",
    "reservations",
    "sites",
    "stock",
    "stock_movements",
    "variants",
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

stock = Table(
    "stock",
    metadata,
    Column("sku", Text(collation="C"), ForeignKey("variant.sku"), primary_key=True),
    Column("location_id", Uuid, ForeignKey("location.location_id"), primary_key=True),
    Column("on_hand", BigInteger, nullable=False),
    Column("reserved", BigInteger, nullable=False, server_default="0"),
    Column("allocated", BigInteger, nullable=False, server_default="0"),
    CheckConstraint("reserved >= 0", name="reserved_not_negative"),
    CheckConstraint("allocated >= 0", name="allocated_not_negative"),
    CheckConstraint("reserved + allocated <= on_hand", name="not_oversold"),
    Index("stock_by_location", "location_id", "sku"),
    # Room on each page keeps the updates of a busy row off the indexes.
    postgresql_with={"fillfactor": "70"},
    comment="one ledger per product and location, in units",
)

stock_movements = Table(
    "stock_movement",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("adjustment_id", Uuid, nullable=False),
    Column("sku", Text(collation="C"), nullable=False),
    Column("location_id", Uuid, nullable=False),
    Column("change", BigInteger, nullable=False),
    Column("on_hand", BigInteger, nullable=False, comment="after the change"),
    Column("reason", Text, nullable=False),
    Column("author", Text, nullable=False, comment="staff id"),
    moment("at"),
    ForeignKeyConstraint(["sku", "location_id"], ["stock.sku", "stock.location_id"]),
    Index("stock_movement_by_shelf", "sku", "location_id", "id"),
    comment="what staff changed, and why; append-only",
)

reservations = Table(
    "reservation",
    metadata,
    Column("submission_id", Uuid, primary_key=True),
    Column("order_id", Uuid, comment="none: released before it was reserved"),
    Column("site_id", Uuid),
    Column("state", Text, nullable=False),
    Column("refusal", JSONB, comment="why it was refused, to be told again"),
    moment("created_at"),
    Column("ended_at", DateTime(timezone=True)),
    CheckConstraint("state IN ('held', 'refused', 'released', 'allocated')", name="state"),
    comment="one per submission; the first outcome recorded stands",
)

reservation_lines = Table(
    "reservation_line",
    metadata,
    Column("submission_id", Uuid, ForeignKey("reservation.submission_id"), primary_key=True),
    Column("sku", Text(collation="C"), primary_key=True),
    Column("location_id", Uuid, primary_key=True),
    Column("units", BigInteger, nullable=False),
    CheckConstraint("units > 0", name="units_positive"),
)
