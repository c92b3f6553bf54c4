"""Keep revisions of submitted orders."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "order_revision",
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "proposed",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="the order's content as it is to be",
        ),
        sa.Column("difference", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("refusals", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "state IN ('running', 'applied', 'refused', 'superseded')",
            name=op.f("order_revision_known_state"),
        ),
        sa.PrimaryKeyConstraint("revision_id", name=op.f("order_revision_pkey")),
        comment="what submitted orders were to become, and whether they did",
    )
    op.create_index(
        "order_revision_by_order", "order_revision", ["order_id", "revision_id"], unique=False
    )
    op.create_index(
        "order_revision_one_runs",
        "order_revision",
        ["order_id"],
        unique=True,
        postgresql_where="state = 'running'",
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("order_revision")
