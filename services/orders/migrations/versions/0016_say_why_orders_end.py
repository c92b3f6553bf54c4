"""Say why orders are cancelled and revised, and show in lists what became of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column(
        "orders",
        sa.Column("cancel_reason", sa.Text(), comment="its code, for lists; so the two below"),
    )
    op.add_column(
        "orders", sa.Column("revisions", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column(
        "orders", sa.Column("giving_back", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column(
        "order_revision",
        sa.Column(
            "reason",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            comment="why staff asked for it",
        ),
    )
    # Entries of one order stand in the order of its lock, whenever their transactions began.
    op.execute("ALTER TABLE order_change ALTER COLUMN at SET DEFAULT clock_timestamp()")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE order_change ALTER COLUMN at SET DEFAULT now()")
    op.drop_column("order_revision", "reason")
    op.drop_column("orders", "giving_back")
    op.drop_column("orders", "revisions")
    op.drop_column("orders", "cancel_reason")
