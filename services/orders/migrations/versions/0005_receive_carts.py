"""Receive the carts that customers left at a storefront."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "cart",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column(
            "reference", sa.Text(), nullable=False, comment="the storefront's own name for it"
        ),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("abandoned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.site_id"], name=op.f("cart_site_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("cart_pkey")),
        comment="carts that customers left at a storefront",
    )
    op.create_index("cart_by_customer", "cart", ["customer_id", "id"], unique=False)
    op.create_index("cart_reference_once", "cart", ["site_id", "reference"], unique=True)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("cart_reference_once", table_name="cart")
    op.drop_index("cart_by_customer", table_name="cart")
    op.drop_table("cart")
