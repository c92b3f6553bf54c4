"""Let staff take a customer's cart over."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column(
        "cart",
        sa.Column(
            "taken_over_by",
            sa.Text(),
            nullable=True,
            comment="who edits it in the customer's place",
        ),
    )
    op.add_column(
        "cart",
        sa.Column("taken_over_on", sa.Uuid(), nullable=True, comment="the draft on which they do"),
    )
    op.add_column("cart", sa.Column("taken_over_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_column("cart", "taken_over_at")
    op.drop_column("cart", "taken_over_on")
    op.drop_column("cart", "taken_over_by")
