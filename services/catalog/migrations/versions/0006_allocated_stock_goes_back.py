"""Let allocated stock go back, by order."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

PARTS = "pending >= 0 AND backordered >= 0 AND pending + backordered <= units"
PARTS_WITH_RETURNED = (
    "pending >= 0 AND backordered >= 0 AND returned >= 0"
    " AND pending + backordered + returned <= units"
)


def upgrade():
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "stock_return",
        sa.Column("return_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column(
            "lines",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="what went back where, to be told again",
        ),
        sa.Column(
            "shortages",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="why it was refused, to be told again",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("return_id", name=op.f("stock_return_pkey")),
        comment="one per return; the first outcome recorded stands",
    )
    op.create_index("reservation_by_order", "reservation", ["order_id"], unique=False)
    op.add_column(
        "reservation_line",
        sa.Column(
            "returned",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="of the units: allocated, and taken back since",
        ),
    )
    op.drop_constraint(op.f("reservation_line_parts"), "reservation_line")
    op.create_check_constraint(
        op.f("reservation_line_parts"), "reservation_line", PARTS_WITH_RETURNED
    )


def downgrade():
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_constraint(op.f("reservation_line_parts"), "reservation_line")
    # What went back is no longer of the order: without the column, its line is that much smaller.
    op.execute("DELETE FROM reservation_line WHERE returned = units")
    op.execute("UPDATE reservation_line SET units = units - returned WHERE returned > 0")
    op.drop_column("reservation_line", "returned")
    op.create_check_constraint(op.f("reservation_line_parts"), "reservation_line", PARTS)
    op.drop_index("reservation_by_order", table_name="reservation")
    op.drop_table("stock_return")
