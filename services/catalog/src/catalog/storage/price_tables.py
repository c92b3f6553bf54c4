"""Price lists, promotions and vouchers."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from catalog.storage.metadata import metadata, moment


def _moments() -> "tuple[Column[object], Column[object]]":
    return (
        Column("valid_from", DateTime(timezone=True), comment="inclusive; none: always"),
        Column("valid_until", DateTime(timezone=True), comment="exclusive; none: for good"),
    )


price_lists = Table(
    "price_list",
    metadata,
    Column("code", Text(collation="C"), primary_key=True),
    Column("price_list_id", Uuid, nullable=False, unique=True),
    Column("site_id", Uuid, ForeignKey("site.site_id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("level", Text, comment="applies by itself to customers of this level"),
    *_moments(),
    Column("exclusive", Boolean, nullable=False, comment="hides products that are not on it"),
    Column("active", Boolean, nullable=False),
    Column("version", BigInteger, nullable=False),
    Index("price_list_by_site", "site_id", "code"),
    Index("price_list_by_level", "site_id", "level", postgresql_where=text("level IS NOT NULL")),
)

price_list_entries = Table(
    "price_list_entry",
    metadata,
    Column("price_list", Text(collation="C"), ForeignKey("price_list.code"), primary_key=True),
    Column("sku", Text(collation="C"), ForeignKey("variant.sku"), primary_key=True),
    Column("min_units", BigInteger, primary_key=True, comment="the quantity break"),
    Column("minor", BigInteger, nullable=False),
    Column("no_discounts", Boolean, nullable=False),
    CheckConstraint("minor >= 0", name="not_negative"),
    CheckConstraint("min_units >= 1", name="min_units_positive"),
    Index("price_list_entry_by_sku", "sku"),
    comment="unit prices in the currency of the list",
)

promotions = Table(
    "promotion",
    metadata,
    Column("code", Text(collation="C"), primary_key=True),
    Column("promotion_id", Uuid, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("basis_points", Integer, comment="of a percentage; 10000 is all of it"),
    Column("minor", BigInteger, comment="of an amount"),
    Column("minimum", BigInteger, comment="minor units of goods from which it applies"),
    Column("currency", Text, comment="of the amount and the minimum"),
    Column("level", Text),
    *_moments(),
    Column("products", ARRAY(Text), comment="SKUs or product codes; none: every product"),
    Column("categories", ARRAY(Text), comment="with all below them; none: every product"),
    Column("needs_coupon", Boolean, nullable=False),
    Column("combinable", Boolean, nullable=False),
    Column("priority", Integer, nullable=False, comment="the lowest is first"),
    Column("active", Boolean, nullable=False),
    Column("version", BigInteger, nullable=False),
    CheckConstraint("kind IN ('percent', 'amount', 'free-shipping')", name="kind"),
    CheckConstraint("basis_points BETWEEN 1 AND 10000", name="basis_points"),
    CheckConstraint("minor > 0", name="amount_positive"),
)

promotion_sites = Table(
    "promotion_site",
    metadata,
    Column("promotion", Text(collation="C"), ForeignKey("promotion.code"), primary_key=True),
    Column("site_id", Uuid, ForeignKey("site.site_id"), primary_key=True),
    Column("automatic", Boolean, nullable=False, comment="active, and needs no coupon"),
    # A site may have a million vouchers with terms of their own: a quote must not pass them.
    Index("promotion_site_automatic", "site_id", postgresql_where=text("automatic")),
    Index("promotion_site_by_site", "site_id", "promotion"),
)

vouchers = Table(
    "voucher",
    metadata,
    Column("key", Text(collation="C"), primary_key=True, comment="the code in lower case"),
    Column("code", Text, nullable=False, comment="as it is written"),
    Column("voucher_id", Uuid, nullable=False, unique=True),
    Column("promotion", Text(collation="C"), ForeignKey("promotion.code"), nullable=False),
    Column("site_id", Uuid, ForeignKey("site.site_id"), nullable=False),
    Column("customer_id", Uuid, comment="the only one who may use it"),
    Column("limit_total", BigInteger),
    Column("limit_per_customer", BigInteger),
    *_moments(),
    Column("active", Boolean, nullable=False),
    Column("used", BigInteger, nullable=False),
    Column("author", Text, nullable=False, comment="staff id"),
    Column("version", BigInteger, nullable=False),
    moment("created_at"),
    CheckConstraint("used BETWEEN 0 AND limit_total", name="within_its_limit"),
    Index("voucher_by_site", "site_id", "key"),
    Index("voucher_by_promotion", "promotion", "key"),
)

coupon_submissions = Table(
    "coupon_submission",
    metadata,
    Column("submission_id", Uuid, primary_key=True),
    Column("state", Text, nullable=False),
    Column("refusal", JSONB(none_as_null=True), comment="why, to be told again"),
    moment("created_at"),
    CheckConstraint("state IN ('redeemed', 'refused', 'returned')", name="state"),
    comment="one per submission with coupons; the first outcome recorded stands",
)

voucher_uses = Table(
    "voucher_use",
    metadata,
    Column("submission_id", Uuid, primary_key=True),
    Column("voucher", Text(collation="C"), ForeignKey("voucher.key"), primary_key=True),
    Column("customer_id", Uuid, nullable=False),
    Column("order_id", Uuid, nullable=False),
    moment("at"),
    Column("terms", JSONB(none_as_null=True), comment="the promotion's, as they were then"),
    Index("voucher_use_by_customer", "voucher", "customer_id"),
    comment="vouchers used up by submissions; deleted when they are returned",
)
