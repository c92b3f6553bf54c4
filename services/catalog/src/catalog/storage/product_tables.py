"""Products, their variants, and where they are sold."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

from catalog.storage.metadata import metadata, moment

categories = Table(
    "category",
    metadata,
    Column("code", Text(collation="C"), primary_key=True),
    Column("name", Text, nullable=False),
    Column("parent", Text(collation="C"), ForeignKey("category.code"), index=True),
    Column("version", BigInteger, nullable=False),
)

products = Table(
    "product",
    metadata,
    Column("code", Text(collation="C"), primary_key=True),
    Column("product_id", Uuid, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False, server_default=""),
    Column("options", JSONB, nullable=False, server_default=text("'[]'"), comment="in order"),
    Column("customisation", JSONB(none_as_null=True), comment="of the text it takes, if any"),
    Column("tax_category", Text, nullable=False, server_default="standard"),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("version", BigInteger, nullable=False),
    moment("updated_at"),
)

product_categories = Table(
    "product_category",
    metadata,
    Column("product", Text(collation="C"), ForeignKey("product.code"), primary_key=True),
    Column("category", Text(collation="C"), ForeignKey("category.code"), primary_key=True),
    Index("product_category_by_category", "category", "product"),
)

variants = Table(
    "variant",
    metadata,
    Column("sku", Text(collation="C"), primary_key=True),
    Column("variant_id", Uuid, nullable=False, unique=True),
    Column("product", Text(collation="C"), ForeignKey("product.code"), nullable=False),
    Column("options", JSONB, nullable=False, server_default=text("'{}'"), comment="what is chosen"),
    Column("barcodes", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("weight_grams", BigInteger),
    Column("tracked", Boolean, nullable=False, server_default=text("true")),
    Column("future_stock", Boolean, nullable=False, server_default=text("true")),
    Column("position", Integer, nullable=False, server_default=text("0")),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("version", BigInteger, nullable=False),
    CheckConstraint("weight_grams >= 0", name="weight_not_negative"),
    Index("variant_by_product", "product", "position", "sku"),
    comment="what is sold and stocked; a product without options has one, of the same code",
)

product_prices = Table(
    "product_price",
    metadata,
    Column("sku", Text(collation="C"), ForeignKey("variant.sku"), primary_key=True),
    Column("site_id", Uuid, ForeignKey("site.site_id"), primary_key=True),
    Column("minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    CheckConstraint("minor >= 0", name="not_negative"),
    Index("product_price_by_site", "site_id", "sku"),
    comment="a site sells the variants it has a price for",
)

product_sites = Table(
    "product_site",
    metadata,
    Column("product", Text(collation="C"), ForeignKey("product.code"), primary_key=True),
    Column("site_id", Uuid, ForeignKey("site.site_id"), primary_key=True),
    Column(
        "currencies",
        ARRAY(Text),
        nullable=False,
        comment="that some active variant has a price in; none: not sold there",
    ),
    Column("visible", Boolean, nullable=False, server_default=text("true")),
    Column("levels", ARRAY(Text), comment="customer levels that see it; none: every customer"),
    Index("product_site_by_site", "site_id", "product"),
    comment="where a product is sold, and who sees it there",
)

product_words = Table(
    "product_word",
    metadata,
    Column("product", Text(collation="C"), ForeignKey("product.code"), primary_key=True),
    Column("word", Text(collation="C"), primary_key=True),
    Index("product_word_by_word", "word", "product"),
    comment="what a product is found by: folded words of its name, its SKUs and barcodes",
)

product_search = Table(
    "product_search",
    metadata,
    Column("product", Text(collation="C"), ForeignKey("product.code"), primary_key=True),
    Column("site_ids", ARRAY(Uuid), nullable=False, comment="where it is sold and seen"),
    Column("words", TSVECTOR, nullable=False, comment="those of product_word, as they are"),
    # Written at once: a list of what is pending would be read through by every search.
    Index(
        "product_search_by_site_and_words",
        "site_ids",
        "words",
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    ),
    comment="for searches of several words: meets all of them and the site at once",
)
