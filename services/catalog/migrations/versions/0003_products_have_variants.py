"""Give products variants: what was a product's SKU is now a variant's."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

CODE = sa.Text(collation="C")


def upgrade():
    op.execute("SET LOCAL lock_timeout = '5s'")

    op.create_table(
        "category",
        sa.Column("code", CODE, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parent", CODE, nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["parent"], ["category.code"], name=op.f("category_parent_fkey")),
        sa.PrimaryKeyConstraint("code", name=op.f("category_pkey")),
    )
    op.create_index(op.f("category_by_parent"), "category", ["parent"])
    _products_are_named_by_code()
    _make_variants()
    _refer_to("variant")
    _make_product_sites()
    op.create_table(
        "product_category",
        sa.Column("product", CODE, nullable=False),
        sa.Column("category", CODE, nullable=False),
        sa.ForeignKeyConstraint(
            ["product"], ["product.code"], name=op.f("product_category_product_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["category"], ["category.code"], name=op.f("product_category_category_fkey")
        ),
        sa.PrimaryKeyConstraint("product", "category", name=op.f("product_category_pkey")),
    )
    op.create_index("product_category_by_category", "product_category", ["category", "product"])


def _products_are_named_by_code():
    op.alter_column("product", "sku", new_column_name="code")
    empty_list = sa.text("'[]'")
    for column in (
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "options",
            postgresql.JSONB(),
            server_default=empty_list,
            nullable=False,
            comment="in order",
        ),
        sa.Column(
            "customisation",
            postgresql.JSONB(),
            nullable=True,
            comment="of the text it takes, if any",
        ),
        sa.Column("tax_category", sa.Text(), server_default="standard", nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
    ):
        op.add_column("product", column)
    op.drop_constraint("product_word_sku_fkey", "product_word")
    op.alter_column("product_word", "sku", new_column_name="product")
    op.create_foreign_key(
        op.f("product_word_product_fkey"), "product_word", "product", ["product"], ["code"]
    )
    op.create_table_comment(
        "product_word",
        "what a product is found by: folded words of its name, its SKUs and barcodes",
        existing_comment="what a product is found by: folded words of its name, and its SKU",
    )


def _make_variants():
    true = sa.text("true")
    op.create_table(
        "variant",
        sa.Column("sku", CODE, nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("product", CODE, nullable=False),
        sa.Column(
            "options",
            postgresql.JSONB(),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="what is chosen",
        ),
        sa.Column(
            "barcodes", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("weight_grams", sa.BigInteger(), nullable=True),
        sa.Column("tracked", sa.Boolean(), server_default=true, nullable=False),
        sa.Column("future_stock", sa.Boolean(), server_default=true, nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=true, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("weight_grams >= 0", name=op.f("variant_weight_not_negative")),
        sa.ForeignKeyConstraint(["product"], ["product.code"], name=op.f("variant_product_fkey")),
        sa.PrimaryKeyConstraint("sku", name=op.f("variant_pkey")),
        sa.UniqueConstraint("variant_id", name=op.f("variant_variant_id_key")),
        comment="what is sold and stocked; a product without options has one, of the same code",
    )
    op.create_index("variant_by_product", "variant", ["product", "position", "sku"])
    op.execute("""
        INSERT INTO variant (sku, variant_id, product, version)
        SELECT code, product_id, code, version FROM product
    """)


def _make_product_sites():
    op.create_table(
        "product_site",
        sa.Column("product", CODE, nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("sold", sa.Boolean(), nullable=False, comment="some variant has a price"),
        sa.Column("visible", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "levels",
            postgresql.ARRAY(sa.Text()),
            nullable=True,
            comment="customer levels that see it; none: every customer",
        ),
        sa.ForeignKeyConstraint(
            ["product"], ["product.code"], name=op.f("product_site_product_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.site_id"], name=op.f("product_site_site_id_fkey")
        ),
        sa.PrimaryKeyConstraint("product", "site_id", name=op.f("product_site_pkey")),
        comment="where a product is sold, and who sees it there",
    )
    op.create_index("product_site_by_site", "product_site", ["site_id", "product"])
    op.execute("""
        INSERT INTO product_site (product, site_id, sold)
        SELECT sku, site_id, true FROM product_price
    """)


def _refer_to(table):
    key = "sku" if table == "variant" else "code"
    for name in ("product_price", "stock"):
        op.drop_constraint(op.f(f"{name}_sku_fkey"), name)
        op.create_foreign_key(op.f(f"{name}_sku_fkey"), name, table, ["sku"], [key])
    old, new = (
        "a site sells the products it has a price for",
        ("a site sells the variants it has a price for"),
    )
    if table == "product":
        old, new = new, old
    op.create_table_comment("product_price", new, existing_comment=old)


def downgrade():
    op.execute("SET LOCAL lock_timeout = '5s'")

    op.drop_table("product_category")
    op.drop_table("product_site")
    # A SKU whose code is no product's cannot be kept: the foreign key refuses.
    _refer_to("product")
    op.drop_table("variant")
    op.drop_constraint("product_word_product_fkey", "product_word")
    op.alter_column("product_word", "product", new_column_name="sku")
    op.create_table_comment(
        "product_word",
        "what a product is found by: folded words of its name, and its SKU",
        existing_comment=(
            "what a product is found by: folded words of its name, its SKUs and barcodes"
        ),
    )
    for column in ("active", "tax_category", "customisation", "options", "description"):
        op.drop_column("product", column)
    op.alter_column("product", "code", new_column_name="sku")
    op.create_foreign_key(
        op.f("product_word_sku_fkey"), "product_word", "product", ["sku"], ["sku"]
    )
    op.drop_table("category")
