"""Let the audit lead back to an order as it was, and find a customer's orders."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column(
        "order_change",
        sa.Column(
            "undo",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="what takes the change back; none: nothing",
        ),
    )
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = '5s'")
        op.execute(
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_by_customer ON orders (customer_id, id)"
        )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("orders_by_customer", table_name="orders")
    op.drop_column("order_change", "undo")
