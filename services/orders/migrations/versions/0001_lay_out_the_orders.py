"""Lay out the orders."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
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
        sa.Column("response", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("actor", "key", name=op.f("idempotency_pkey")),
        comment="answers given under an Idempotency-Key, to be given again",
    )
    op.create_index("idempotency_by_age", "idempotency", ["created_at"], unique=False)
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
        "order_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, comment="of the order after the change"),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column(
            "before", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column(
            "after", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("order_change_pkey")),
        comment="who changed what, before and after; append-only",
    )
    op.create_index("order_change_by_order", "order_change", ["order_id", "id"], unique=False)
    op.create_table(
        "order_count",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("given", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", name=op.f("order_count_pkey")),
        comment="how many order numbers of each site were given to processes, used or not",
    )
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
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("customer_set_id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", name=op.f("site_pkey")),
        comment="copies of the customers service's sites; the highest version is kept",
    )
    op.create_index("site_by_code", "site", ["code"], unique=False)
    op.create_table(
        "orders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(collation="C"), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_seq", sa.Integer(), nullable=False, comment="events published about it"),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column(
            "customer_name",
            sa.Text(),
            nullable=True,
            comment="as it was when the customer was chosen",
        ),
        sa.Column("external_reference", sa.Text(), nullable=True),
        sa.Column(
            "total_minor",
            sa.BigInteger(),
            nullable=False,
            comment="for lists; content is what counts",
        ),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=True, comment="running, or the last one"),
        sa.Column("submitted_by", sa.Text(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "search_text", sa.Text(), nullable=False, comment="lower case; a space before each word"
        ),
        sa.Column(
            "content",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="lines, addresses, shipping, payments, notes",
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitting', 'submitted', 'cancelled')",
            name=op.f("orders_known_state"),
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.site_id"], name=op.f("orders_site_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("orders_pkey")),
    )
    op.create_index("orders_by_number", "orders", ["number"], unique=False)
    op.create_index(
        "orders_by_search",
        "orders",
        ["search_text"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"search_text": "gin_trgm_ops"},
    )
    op.create_index("orders_by_site", "orders", ["site_id", "id"], unique=False)
    op.create_index("orders_by_state", "orders", ["state", "id"], unique=False)
    op.create_index("orders_number_once", "orders", ["site_id", "number"], unique=True)
    op.create_index(
        "orders_reference_once",
        "orders",
        ["site_id", "external_reference"],
        unique=True,
        postgresql_where="external_reference IS NOT NULL",
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index(
        "orders_reference_once",
        table_name="orders",
        postgresql_where="external_reference IS NOT NULL",
    )
    op.drop_index("orders_number_once", table_name="orders")
    op.drop_index("orders_by_state", table_name="orders")
    op.drop_index("orders_by_site", table_name="orders")
    op.drop_index(
        "orders_by_search",
        table_name="orders",
        postgresql_using="gin",
        postgresql_ops={"search_text": "gin_trgm_ops"},
    )
    op.drop_index("orders_by_number", table_name="orders")
    op.drop_table("orders")
    op.drop_index("site_by_code", table_name="site")
    op.drop_table("site")
    op.drop_table("saga_log")
    op.drop_index("saga_by_wake", table_name="saga", postgresql_where="wake_at IS NOT NULL")
    op.drop_index("saga_by_subject", table_name="saga")
    op.drop_index("saga_by_attention", table_name="saga", postgresql_where="attention IS NOT NULL")
    op.drop_table("saga")
    op.drop_index("parked_by_state", table_name="parked_message")
    op.drop_table("parked_message")
    op.drop_index("outbox_by_availability", table_name="outbox")
    op.drop_table("outbox")
    op.drop_table("order_count")
    op.drop_index("order_change_by_order", table_name="order_change")
    op.drop_table("order_change")
    op.drop_index("inbox_by_age", table_name="inbox")
    op.drop_table("inbox")
    op.drop_index("idempotency_by_age", table_name="idempotency")
    op.drop_table("idempotency")
