"""Lay out endpoints, deliveries and the archive."""

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
        "archived_event",
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column(
            "archived_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("archived_event_pkey")),
        comment="every event, where there is no broker with a stream; append-only until it is old",
    )
    op.create_index("archived_event_by_time", "archived_event", ["archived_at"], unique=False)
    op.create_table(
        "endpoint",
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column(
            "seq",
            sa.BigInteger(),
            sa.Identity(always=True),
            nullable=False,
            comment="order of arrival",
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column(
            "types",
            postgresql.ARRAY(sa.Text()),
            nullable=False,
            comment="patterns over event types",
        ),
        sa.Column(
            "since", sa.DateTime(timezone=True), nullable=False, comment="nothing older is sent"
        ),
        sa.Column(
            "after",
            sa.BigInteger(),
            nullable=True,
            comment="position in the archive up to which it was served",
        ),
        sa.Column("replays", sa.Integer(), nullable=False, comment="how often it was sent back"),
        sa.Column(
            "failing_since",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="first failure since its success",
        ),
        sa.Column("disabled", sa.Text(), nullable=True, comment="why; null: enabled"),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "due_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when what waits first is sent",
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("endpoint_id", name=op.f("endpoint_pkey")),
        comment="webhook endpoints of other systems",
    )
    op.create_index(
        "endpoint_by_due",
        "endpoint",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("due_at IS NOT NULL AND disabled IS NULL"),
    )
    op.create_index("endpoint_by_seq", "endpoint", ["seq"], unique=True)
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
        "delivery",
        sa.Column("delivery_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column(
            "replay", sa.Integer(), nullable=False, comment="in which of the endpoint's replays"
        ),
        sa.Column(
            "position", sa.BigInteger(), nullable=True, comment="in the archive; null: a test"
        ),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True, comment="why it was parked or skipped"),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["endpoint_id"],
            ["endpoint.endpoint_id"],
            name=op.f("delivery_endpoint_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("delivery_id", name=op.f("delivery_pkey")),
        sa.UniqueConstraint("endpoint_id", "replay", "position", name="delivery_once"),
        comment="events for endpoints: what waits in order, and the log of what was sent",
    )
    op.create_index(
        "delivery_by_age",
        "delivery",
        ["settled_at"],
        unique=False,
        postgresql_where=sa.text("settled_at IS NOT NULL"),
    )
    op.create_index(
        "delivery_by_endpoint", "delivery", ["endpoint_id", "delivery_id"], unique=False
    )
    op.create_index(
        "delivery_waiting",
        "delivery",
        ["endpoint_id", "delivery_id"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "endpoint_secret",
        sa.Column("secret_id", sa.Uuid(), nullable=False),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False, comment="signs what is sent; shown once"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "expires_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="null: not before it is replaced",
        ),
        sa.ForeignKeyConstraint(
            ["endpoint_id"],
            ["endpoint.endpoint_id"],
            name=op.f("endpoint_secret_endpoint_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("secret_id", name=op.f("endpoint_secret_pkey")),
        comment="what signs; two while one takes the other's place",
    )
    op.create_index("endpoint_secret_by_endpoint", "endpoint_secret", ["endpoint_id"], unique=False)
    op.create_table(
        "attempt",
        sa.Column("delivery_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True, comment="null: no answer"),
        sa.Column("error", sa.Text(), nullable=True, comment="null: taken"),
        sa.Column("response", sa.Text(), nullable=False, comment="its beginning"),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["delivery.delivery_id"],
            name=op.f("attempt_delivery_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("delivery_id", "number", name=op.f("attempt_pkey")),
        comment="every attempt of a delivery; append-only",
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("attempt")
    op.drop_index("endpoint_secret_by_endpoint", table_name="endpoint_secret")
    op.drop_table("endpoint_secret")
    op.drop_index(
        "delivery_waiting", table_name="delivery", postgresql_where=sa.text("state = 'waiting'")
    )
    op.drop_index("delivery_by_endpoint", table_name="delivery")
    op.drop_index(
        "delivery_by_age", table_name="delivery", postgresql_where=sa.text("settled_at IS NOT NULL")
    )
    op.drop_table("delivery")
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
    op.drop_index("endpoint_by_seq", table_name="endpoint")
    op.drop_index(
        "endpoint_by_due",
        table_name="endpoint",
        postgresql_where=sa.text("due_at IS NOT NULL AND disabled IS NULL"),
    )
    op.drop_table("endpoint")
    op.drop_index("archived_event_by_time", table_name="archived_event")
    op.drop_table("archived_event")
