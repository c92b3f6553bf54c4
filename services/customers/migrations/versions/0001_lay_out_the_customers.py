"""Lay out the customers."""

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
        "customer_set",
        sa.Column("customer_set_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("customer_set_id", name=op.f("customer_set_pkey")),
        sa.UniqueConstraint("code", name=op.f("customer_set_code_key")),
        comment="customers that some sites share",
    )
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
        "customer",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("customer_set_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("first_name", sa.Text(), nullable=False),
        sa.Column("last_name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column(
            "email_key", sa.Text(), nullable=True, comment="the e-mail without its case of letters"
        ),
        sa.Column("company", sa.Text(), nullable=True),
        sa.Column(
            "phones",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="[{kind, number}]",
        ),
        sa.Column(
            "addresses",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="in order of entry",
        ),
        sa.Column("external_reference", sa.Text(), nullable=True),
        sa.Column("is_staff", sa.Boolean(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column(
            "complete",
            sa.Boolean(),
            nullable=False,
            comment="has a phone and both default addresses",
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_set_id"],
            ["customer_set.customer_set_id"],
            name=op.f("customer_customer_set_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("customer_pkey")),
        sa.UniqueConstraint("customer_set_id", "email_key", name="customer_email_key"),
        sa.UniqueConstraint("customer_set_id", "external_reference", name="customer_reference_key"),
        sa.UniqueConstraint("customer_set_id", "number", name="customer_number_key"),
    )
    op.create_index("customer_by_set", "customer", ["customer_set_id", "customer_id"], unique=False)
    op.create_table(
        "number_series",
        sa.Column("customer_set_id", sa.Uuid(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_set_id"],
            ["customer_set.customer_set_id"],
            name=op.f("number_series_customer_set_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("customer_set_id", name=op.f("number_series_pkey")),
        comment="the last customer number given in each set; apart, for it changes all the time",
    )
    op.create_table(
        "site",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("customer_set_id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False, comment="ISO 3166-1 alpha-2"),
        sa.Column("currency", sa.Text(), nullable=False, comment="ISO 4217"),
        sa.Column("time_zone", sa.Text(), nullable=False, comment="IANA name"),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_set_id"],
            ["customer_set.customer_set_id"],
            name=op.f("site_customer_set_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("site_id", name=op.f("site_pkey")),
        sa.UniqueConstraint("code", name=op.f("site_code_key")),
    )
    op.create_index("site_by_set", "site", ["customer_set_id"], unique=False)
    op.create_table(
        "search_term",
        sa.Column("customer_set_id", sa.Uuid(), nullable=False),
        sa.Column("term", sa.Text(collation="C"), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.customer_id"],
            name=op.f("search_term_customer_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "customer_set_id", "term", "customer_id", name=op.f("search_term_pkey")
        ),
        comment="everything a customer is found by, folded",
    )
    op.create_index("search_term_by_customer", "search_term", ["customer_id", "term"], unique=False)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("search_term_by_customer", table_name="search_term")
    op.drop_table("search_term")
    op.drop_index("site_by_set", table_name="site")
    op.drop_table("site")
    op.drop_table("number_series")
    op.drop_index("customer_by_set", table_name="customer")
    op.drop_table("customer")
    op.drop_table("saga_log")
    op.drop_index("saga_by_wake", table_name="saga", postgresql_where="wake_at IS NOT NULL")
    op.drop_index("saga_by_subject", table_name="saga")
    op.drop_index("saga_by_attention", table_name="saga", postgresql_where="attention IS NOT NULL")
    op.drop_table("saga")
    op.drop_index("parked_by_state", table_name="parked_message")
    op.drop_table("parked_message")
    op.drop_index("outbox_by_availability", table_name="outbox")
    op.drop_table("outbox")
    op.drop_index("inbox_by_age", table_name="inbox")
    op.drop_table("inbox")
    op.drop_index("idempotency_by_age", table_name="idempotency")
    op.drop_table("idempotency")
    op.drop_table("customer_set")
