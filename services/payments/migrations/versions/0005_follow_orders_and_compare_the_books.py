"""Follow what orders cost, keep what comparisons of the books found, and answers under a key."""

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
        "order_copy",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column(
            "total",
            sa.BigInteger(),
            nullable=True,
            comment="minor units; none while it was never submitted",
        ),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("order_id", name=op.f("order_copy_pkey")),
        comment="what the orders service tells; cancelled stands, whatever comes late (SU-8)",
    )
    op.create_index("order_copy_by_site", "order_copy", ["site_id"])
    _reconciliations()
    _idempotency()


def _reconciliations() -> None:
    op.create_table(
        "reconciliation",
        sa.Column("run_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="requested, done or failed"),
        sa.Column(
            "hours", sa.Integer(), nullable=False, comment="how far back payments are compared"
        ),
        sa.Column("requested_by", sa.Text(), nullable=True, comment="none: the clock"),
        sa.Column(
            "requested_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("compared", sa.Integer(), nullable=True, comment="payments of ours"),
        sa.Column("findings", postgresql.JSONB(), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True, comment="why it failed"),
        sa.PrimaryKeyConstraint("run_id", name=op.f("reconciliation_pkey")),
    )
    op.create_index(
        "reconciliation_open",
        "reconciliation",
        ["run_id"],
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("reconciliation_by_age", "reconciliation", ["requested_at"])


def _idempotency() -> None:
    op.create_table(
        "idempotency",
        sa.Column("actor", sa.Text(), nullable=False, comment="staff member who sent the key"),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column(
            "fingerprint", sa.Text(), nullable=False, comment="SHA-256 of method, path and body"
        ),
        sa.Column(
            "status",
            sa.Integer(),
            nullable=True,
            comment="null only inside the transaction that answers",
        ),
        sa.Column("response", postgresql.JSONB(), nullable=True),
        sa.Column("headers", postgresql.JSONB(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("actor", "key", name=op.f("idempotency_pkey")),
        comment="answers given under an Idempotency-Key, to be given again",
    )
    op.create_index("idempotency_by_age", "idempotency", ["created_at"])


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in ("idempotency", "reconciliation", "order_copy"):
        op.drop_table(table)
