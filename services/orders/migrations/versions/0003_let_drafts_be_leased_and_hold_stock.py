"""Let drafts be leased and hold stock."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "draft_hold",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("hold_id", sa.Uuid(), nullable=False),
        sa.Column(
            "sequence",
            sa.Integer(),
            nullable=False,
            comment="of the request that is answered here",
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("refusals", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("order_id", name=op.f("draft_hold_pkey")),
        comment="what the catalog last said of the stock that a draft holds",
    )
    op.add_column(
        "orders",
        sa.Column(
            "leased_by",
            sa.Text(),
            nullable=True,
            comment="who is working on the draft; not a change of the order",
        ),
    )
    op.add_column("orders", sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_column("orders", "leased_until")
    op.drop_column("orders", "leased_by")
    op.drop_table("draft_hold")
