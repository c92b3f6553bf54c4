"""The catalog's tables. Everything in ``metadata`` is migrated by this service's Alembic tree."""

from chassis.idempotency import idempotency_table
from messaging.tables import messaging_tables
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
    MetaData,
    Table,
    Text,
    Uuid,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "ix": "%(table_name)s_by_%(column_0_N_name)s",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "pk": "%(table_name)s_pkey",
    }
)
messaging = messaging_tables(metadata)
idempotency = idempotency_table(metadata)


def _at(name: str) -> "Column[object]":
    return Column(name, DateTime(timezone=True), nullable=False, server_default=func.now())


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

products = Table(
    "product",
    metadata,
    Column("sku", Text(collation="C"), primary_key=True),
    Column("product_id", Uuid, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    _at("updated_at"),
)

product_prices = Table(
    "product_price",
    metadata,
    Column("sku", Text(collation="C"), ForeignKey("product.sku"), primary_key=True),
    Column("site_id", Uuid, ForeignKey("site.site_id"), primary_key=True),
    Column("minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    CheckConstraint("minor >= 0", name="not_negative"),
    Index("product_price_by_site", "site_id", "sku"),
    comment="a site sells the products it has a price for",
)

product_words = Table(
    "product_word",
    metadata,
    Column("sku", Text(collation="C"), ForeignKey("product.sku"), primary_key=True),
    Column("word", Text(collation="C"), primary_key=True),
    Index("product_word_by_word", "word", "sku"),
    comment="what a product is found by: folded words of its name, and its SKU",
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
    Column("sku", Text(collation="C"), ForeignKey("product.sku"), primary_key=True),
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
    _at("at"),
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
    _at("created_at"),
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
