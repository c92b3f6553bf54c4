"""Narrow lists to orders that were revised, and by why they were revised or cancelled."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0020"
branch_labels = None
depends_on = None

INDEXES = {
    "orders_by_cancel_reason": (["cancel_reason", "id"], "cancel_reason IS NOT NULL"),
    "orders_by_site_and_cancel_reason": (
        ["site_id", "cancel_reason", "id"],
        "cancel_reason IS NOT NULL",
    ),
}
KNOWN = """
    INSERT INTO order_revised_for (reason, order_id, site_id)
    SELECT DISTINCT given.reason, orders.id, orders.site_id
    FROM order_revision AS revision JOIN orders ON orders.id = revision.order_id
    CROSS JOIN unnest(ARRAY['any', revision.reason ->> 'code']) AS given (reason)
    WHERE revision.state = 'applied' AND given.reason IS NOT NULL
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "order_revised_for",
        sa.Column("reason", sa.Text(), nullable=False, comment="its code, and once more: any"),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False, comment="the order's"),
        sa.PrimaryKeyConstraint("reason", "order_id", name=op.f("order_revised_for_pkey")),
        comment="why orders were revised, each reason once, so that lists can be narrowed by it",
    )
    op.create_index(
        "order_revised_for_by_site", "order_revised_for", ["site_id", "reason", "order_id"]
    )
    op.execute(KNOWN)
    for name, (columns, where) in INDEXES.items():
        op.create_index(name, "orders", columns, postgresql_where=sa.text(where))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for name in INDEXES:
        op.drop_index(name, table_name="orders")
    op.drop_table("order_revised_for")
