"""Know since when an order costs what it does, so that no older total comes back."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column(
        "order_copy",
        sa.Column(
            "costs_since",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="submitted or last revised; what is told of an earlier time is passed over",
        ),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_column("order_copy", "costs_since")
