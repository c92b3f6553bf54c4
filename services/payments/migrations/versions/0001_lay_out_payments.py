"""Lay out payments, and the test gateway's books."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "inbox",
        sa.Column("consumer", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column(
            "reply",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="the answer, given again when the command comes again",
        ),
        sa.Column(
            "processed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("consumer", "message_id", name=op.f("inbox_pkey")),
        comment="messages whose effect is committed",
    )
    op.create_index("inbox_by_age", "inbox", ["processed_at"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column(
            "exchange",
            sa.Text(),
            nullable=False,
            comment="empty: straight to the queue of that name",
        ),
        sa.Column("routing_key", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("correlation_id", sa.Text(), nullable=True),
        sa.Column("reply_to", sa.Text(), nullable=True),
        sa.Column("traceparent", sa.Text(), nullable=True),
        sa.Column(
            "attempt", sa.Integer(), server_default="0", nullable=False, comment="failed handlings"
        ),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "available_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "tries", sa.Integer(), server_default="0", nullable=False, comment="failed publishings"
        ),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("outbox_pkey")),
        sa.UniqueConstraint(
            "message_id", "exchange", "routing_key", "attempt", name="outbox_message_once"
        ),
        comment="messages written but not yet confirmed by the broker",
    )
    op.create_index("outbox_by_availability", "outbox", ["available_at", "id"], unique=False)
    op.create_table(
        "parked_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("type", sa.Text(), nullable=True),
        sa.Column("correlation_id", sa.Text(), nullable=True),
        sa.Column("reply_to", sa.Text(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("error_class", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("stack", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), server_default="parked", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True, comment="why an operator discarded it"),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column(
            "parked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("parked_message_pkey")),
        comment="messages that could not be processed; the only place one can end so",
    )
    op.create_index("parked_by_state", "parked_message", ["state", "parked_at"], unique=False)
    op.create_table(
        "payment",
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column(
            "seq",
            sa.BigInteger(),
            sa.Identity(always=True),
            nullable=False,
            comment="order of arrival",
        ),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, comment="changes that were published"),
        sa.Column(
            "order_id",
            sa.Uuid(),
            nullable=True,
            comment="none when the void came before the authorisation",
        ),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column("method", sa.Text(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True, comment="minor units"),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column(
            "terms", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column(
            "token",
            sa.Text(),
            nullable=True,
            comment="the gateway's token, until the outcome is known",
        ),
        sa.Column("refusal_code", sa.Text(), nullable=True),
        sa.Column("refusal_detail", sa.Text(), nullable=True),
        sa.Column("void_asked", sa.Boolean(), nullable=False),
        sa.Column(
            "calls",
            sa.Integer(),
            nullable=False,
            comment="of the gateway, for the present operation",
        ),
        sa.Column("reference", sa.Text(), nullable=True, comment="the gateway's own name of it"),
        sa.Column(
            "trouble",
            sa.Text(),
            nullable=True,
            comment="why the gateway's last answer is not known",
        ),
        sa.Column(
            "waiting",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="commands that wait for their answer",
        ),
        sa.Column(
            "due_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when the gateway is to be called (again)",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("payment_id", name=op.f("payment_pkey")),
        comment="payments, and the marks of voids that came first",
    )
    op.create_index(
        "payment_by_due",
        "payment",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index("payment_by_order", "payment", ["order_id", "seq"], unique=False)
    op.create_index("payment_by_seq", "payment", ["seq"], unique=True)
    op.create_table(
        "saga",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False, comment="the aggregate it is about"),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attention", sa.Text(), nullable=True, comment="why an operator should look"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "wake_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when its next timer is due",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("saga_pkey")),
        comment="processes across services; the open commands and timers are in state",
    )
    op.create_index(
        "saga_by_attention",
        "saga",
        ["updated_at"],
        unique=False,
        postgresql_where="attention IS NOT NULL",
    )
    op.create_index("saga_by_subject", "saga", ["subject_id", "created_at"], unique=False)
    op.create_index(
        "saga_by_wake", "saga", ["wake_at"], unique=False, postgresql_where="wake_at IS NOT NULL"
    )
    op.create_table(
        "saga_log",
        sa.Column("saga_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("saga_id", "seq", name=op.f("saga_log_pkey")),
        comment="what happened in each saga; append-only",
    )
    op.create_table(
        "site",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("customer_set_id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", name=op.f("site_pkey")),
        comment="a copy of what the customers service tells; codes collide while events overtake",
    )
    op.create_index("site_by_code", "site", ["code"], unique=False)
    op.create_table(
        "test_gateway_charge",
        sa.Column("charge_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Uuid(), nullable=False, comment="the merchant's: our payment id"),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True, comment="why it was declined"),
        sa.Column("amount", sa.BigInteger(), nullable=False, comment="minor units"),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("charge_id", name=op.f("test_gateway_charge_pkey")),
        comment="as the gateway sees them; a merchant who changes keys can have two of one payment",
    )
    op.create_index(
        "test_gateway_charge_by_reference", "test_gateway_charge", ["reference"], unique=False
    )
    op.create_table(
        "test_gateway_entry",
        sa.Column("entry_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("kind", sa.Text(), nullable=False, comment="authorise, decline, capture or void"),
        sa.Column("reference", sa.Uuid(), nullable=False),
        sa.Column("charge_id", sa.Uuid(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False, comment="minor units"),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("test_gateway_entry_pkey")),
        comment="the ledger: what happened to money; append-only",
    )
    op.create_index(
        "test_gateway_entry_by_reference", "test_gateway_entry", ["reference"], unique=False
    )
    op.create_table(
        "test_gateway_request",
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column(
            "answer",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=True,
            comment="given again when the key is repeated",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("idempotency_key", name=op.f("test_gateway_request_pkey")),
        comment="what the gateway remembers of the keys it was called with",
    )
    op.create_table(
        "site_method",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.site_id"], name=op.f("site_method_site_id_fkey")
        ),
        sa.PrimaryKeyConstraint("site_id", "method", name=op.f("site_method_pkey")),
        comment="where staff have decided; a method without a row is offered",
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("site_method")
    op.drop_table("test_gateway_request")
    op.drop_index("test_gateway_entry_by_reference", table_name="test_gateway_entry")
    op.drop_table("test_gateway_entry")
    op.drop_index("test_gateway_charge_by_reference", table_name="test_gateway_charge")
    op.drop_table("test_gateway_charge")
    op.drop_index("site_by_code", table_name="site")
    op.drop_table("site")
    op.drop_table("saga_log")
    op.drop_index("saga_by_wake", table_name="saga", postgresql_where="wake_at IS NOT NULL")
    op.drop_index("saga_by_subject", table_name="saga")
    op.drop_index("saga_by_attention", table_name="saga", postgresql_where="attention IS NOT NULL")
    op.drop_table("saga")
    op.drop_index("payment_by_seq", table_name="payment")
    op.drop_index("payment_by_order", table_name="payment")
    op.drop_index(
        "payment_by_due", table_name="payment", postgresql_where=sa.text("due_at IS NOT NULL")
    )
    op.drop_table("payment")
    op.drop_index("parked_by_state", table_name="parked_message")
    op.drop_table("parked_message")
    op.drop_index("outbox_by_availability", table_name="outbox")
    op.drop_table("outbox")
    op.drop_index("inbox_by_age", table_name="inbox")
    op.drop_table("inbox")
