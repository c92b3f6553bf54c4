"""Add price lists, promotions and vouchers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "coupon_submission",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column(
            "refusal",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="why, to be told again",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "state IN ('redeemed', 'refused', 'returned')", name=op.f("coupon_submission_state")
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("coupon_submission_pkey")),
        comment="one per submission with coupons; the first outcome recorded stands",
    )
    op.create_table(
        "promotion",
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("promotion_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "basis_points",
            sa.Integer(),
            nullable=True,
            comment="of a percentage; 10000 is all of it",
        ),
        sa.Column("minor", sa.BigInteger(), nullable=True, comment="of an amount"),
        sa.Column(
            "minimum",
            sa.BigInteger(),
            nullable=True,
            comment="minor units of goods from which it applies",
        ),
        sa.Column("currency", sa.Text(), nullable=True, comment="of the amount and the minimum"),
        sa.Column("level", sa.Text(), nullable=True),
        sa.Column(
            "valid_from",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="inclusive; none: always",
        ),
        sa.Column(
            "valid_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="exclusive; none: for good",
        ),
        sa.Column(
            "products",
            postgresql.ARRAY(sa.Text()),
            nullable=True,
            comment="SKUs or product codes; none: every product",
        ),
        sa.Column(
            "categories",
            postgresql.ARRAY(sa.Text()),
            nullable=True,
            comment="with all below them; none: every product",
        ),
        sa.Column("needs_coupon", sa.Boolean(), nullable=False),
        sa.Column("combinable", sa.Boolean(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False, comment="the lowest is first"),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('percent', 'amount', 'free-shipping')", name=op.f("promotion_kind")
        ),
        sa.CheckConstraint("basis_points BETWEEN 1 AND 10000", name=op.f("promotion_basis_points")),
        sa.CheckConstraint("minor > 0", name=op.f("promotion_amount_positive")),
        sa.PrimaryKeyConstraint("code", name=op.f("promotion_pkey")),
        sa.UniqueConstraint("promotion_id", name=op.f("promotion_promotion_id_key")),
    )
    op.create_table(
        "price_list",
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("price_list_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column(
            "level",
            sa.Text(),
            nullable=True,
            comment="applies by itself to customers of this level",
        ),
        sa.Column(
            "valid_from",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="inclusive; none: always",
        ),
        sa.Column(
            "valid_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="exclusive; none: for good",
        ),
        sa.Column(
            "exclusive", sa.Boolean(), nullable=False, comment="hides products that are not on it"
        ),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.site_id"], name=op.f("price_list_site_id_fkey")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("price_list_pkey")),
        sa.UniqueConstraint("price_list_id", name=op.f("price_list_price_list_id_key")),
    )
    op.create_index(
        "price_list_by_level",
        "price_list",
        ["site_id", "level"],
        unique=False,
        postgresql_where=sa.text("level IS NOT NULL"),
    )
    op.create_index("price_list_by_site", "price_list", ["site_id", "code"], unique=False)
    op.create_table(
        "promotion_site",
        sa.Column("promotion", sa.Text(collation="C"), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False, comment="active, and needs no coupon"),
        sa.ForeignKeyConstraint(
            ["promotion"], ["promotion.code"], name=op.f("promotion_site_promotion_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.site_id"], name=op.f("promotion_site_site_id_fkey")
        ),
        sa.PrimaryKeyConstraint("promotion", "site_id", name=op.f("promotion_site_pkey")),
    )
    op.create_index(
        "promotion_site_automatic",
        "promotion_site",
        ["site_id"],
        unique=False,
        postgresql_where=sa.text("automatic"),
    )
    op.create_index(
        "promotion_site_by_site", "promotion_site", ["site_id", "promotion"], unique=False
    )
    op.create_table(
        "voucher",
        sa.Column("key", sa.Text(collation="C"), nullable=False, comment="the code in lower case"),
        sa.Column("code", sa.Text(), nullable=False, comment="as it is written"),
        sa.Column("voucher_id", sa.Uuid(), nullable=False),
        sa.Column("promotion", sa.Text(collation="C"), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True, comment="the only one who may use it"),
        sa.Column("limit_total", sa.BigInteger(), nullable=True),
        sa.Column("limit_per_customer", sa.BigInteger(), nullable=True),
        sa.Column(
            "valid_from",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="inclusive; none: always",
        ),
        sa.Column(
            "valid_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="exclusive; none: for good",
        ),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False, comment="staff id"),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("used BETWEEN 0 AND limit_total", name=op.f("voucher_within_its_limit")),
        sa.ForeignKeyConstraint(
            ["promotion"], ["promotion.code"], name=op.f("voucher_promotion_fkey")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.site_id"], name=op.f("voucher_site_id_fkey")),
        sa.PrimaryKeyConstraint("key", name=op.f("voucher_pkey")),
        sa.UniqueConstraint("voucher_id", name=op.f("voucher_voucher_id_key")),
    )
    op.create_index("voucher_by_promotion", "voucher", ["promotion", "key"], unique=False)
    op.create_index("voucher_by_site", "voucher", ["site_id", "key"], unique=False)
    op.create_table(
        "price_list_entry",
        sa.Column("price_list", sa.Text(collation="C"), nullable=False),
        sa.Column("sku", sa.Text(collation="C"), nullable=False),
        sa.Column("min_units", sa.BigInteger(), nullable=False, comment="the quantity break"),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.Column("no_discounts", sa.Boolean(), nullable=False),
        sa.CheckConstraint("min_units >= 1", name=op.f("price_list_entry_min_units_positive")),
        sa.CheckConstraint("minor >= 0", name=op.f("price_list_entry_not_negative")),
        sa.ForeignKeyConstraint(
            ["price_list"], ["price_list.code"], name=op.f("price_list_entry_price_list_fkey")
        ),
        sa.ForeignKeyConstraint(["sku"], ["variant.sku"], name=op.f("price_list_entry_sku_fkey")),
        sa.PrimaryKeyConstraint(
            "price_list", "sku", "min_units", name=op.f("price_list_entry_pkey")
        ),
        comment="unit prices in the currency of the list",
    )
    op.create_index("price_list_entry_by_sku", "price_list_entry", ["sku"], unique=False)
    op.create_table(
        "voucher_use",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("voucher", sa.Text(collation="C"), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["voucher"], ["voucher.key"], name=op.f("voucher_use_voucher_fkey")
        ),
        sa.PrimaryKeyConstraint("submission_id", "voucher", name=op.f("voucher_use_pkey")),
        comment="vouchers used up by submissions; deleted when they are returned",
    )
    op.create_index(
        "voucher_use_by_customer", "voucher_use", ["voucher", "customer_id"], unique=False
    )


def downgrade():
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("voucher_use_by_customer", table_name="voucher_use")
    op.drop_table("voucher_use")
    op.drop_index("price_list_entry_by_sku", table_name="price_list_entry")
    op.drop_table("price_list_entry")
    op.drop_index("voucher_by_site", table_name="voucher")
    op.drop_index("voucher_by_promotion", table_name="voucher")
    op.drop_table("voucher")
    op.drop_index("promotion_site_by_site", table_name="promotion_site")
    op.drop_index(
        "promotion_site_automatic",
        table_name="promotion_site",
        postgresql_where=sa.text("automatic"),
    )
    op.drop_table("promotion_site")
    op.drop_index("price_list_by_site", table_name="price_list")
    op.drop_index(
        "price_list_by_level",
        table_name="price_list",
        postgresql_where=sa.text("level IS NOT NULL"),
    )
    op.drop_table("price_list")
    op.drop_table("promotion")
    op.drop_table("coupon_submission")
