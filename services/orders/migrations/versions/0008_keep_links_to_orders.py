"""Keep the links by which drafts are handed to their customers, and where each site's shop is."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "link",
        sa.Column("link_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="mail or storefront"),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "sent_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when its mail was written",
        ),
        sa.Column(
            "used_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when the order was last handed in with it",
        ),
        sa.Column(
            "payment_nos",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="of the payments chosen then",
        ),
        sa.Column(
            "refusals",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="why it could not be mailed",
        ),
        sa.PrimaryKeyConstraint("link_id", name=op.f("link_pkey")),
        comment="links by which drafts were handed to their customers; the secret is nowhere",
    )
    op.create_index("link_by_order", "link", ["order_id", "link_id"], unique=False)
    op.add_column("site", sa.Column("storefront_url", sa.Text(), nullable=True))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_column("site", "storefront_url")
    op.drop_index("link_by_order", table_name="link")
    op.drop_table("link")
