"""Lay out the catalog."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute("SET LOCAL lock_timeout = '5s'")

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
        "location",
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("ships", sa.Boolean(), nullable=False),
        sa.Column("pickup", sa.Boolean(), nullable=False),
        sa.Column("delivery", sa.Boolean(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False, comment="the lowest ships first"),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("location_id", name=op.f("location_pkey")),
        sa.UniqueConstraint("code", name=op.f("location_code_key")),
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
        "product",
        sa.Column("sku", sa.Text(collation="C"), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("sku", name=op.f("product_pkey")),
        sa.UniqueConstraint("product_id", name=op.f("product_product_id_key")),
    )
    op.create_table(
        "reservation",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column(
            "order_id", sa.Uuid(), nullable=True, comment="none: released before it was reserved"
        ),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column(
            "refusal",
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
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('held', 'refused', 'released', 'allocated')", name=op.f("reservation_state")
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("reservation_pkey")),
        comment="one per submission; the first outcome recorded stands",
    )
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
        sa.UniqueConstraint("code", name=op.f("site_code_key")),
        comment="copies of the customers service's sites; the highest version is kept",
    )
    op.create_table(
        "location_site",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.location_id"], name=op.f("location_site_location_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.site_id"], name=op.f("location_site_site_id_fkey")
        ),
        sa.PrimaryKeyConstraint("site_id", "location_id", name=op.f("location_site_pkey")),
        comment="which sites a location serves",
    )
    op.create_index("location_site_by_location", "location_site", ["location_id"], unique=False)
    op.create_table(
        "product_price",
        sa.Column("sku", sa.Text(collation="C"), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.CheckConstraint("minor >= 0", name=op.f("product_price_not_negative")),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.site_id"], name=op.f("product_price_site_id_fkey")
        ),
        sa.ForeignKeyConstraint(["sku"], ["product.sku"], name=op.f("product_price_sku_fkey")),
        sa.PrimaryKeyConstraint("sku", "site_id", name=op.f("product_price_pkey")),
        comment="a site sells the products it has a price for",
    )
    op.create_index("product_price_by_site", "product_price", ["site_id", "sku"], unique=False)
    op.create_table(
        "product_word",
        sa.Column("sku", sa.Text(collation="C"), nullable=False),
        sa.Column("word", sa.Text(collation="C"), nullable=False),
        sa.ForeignKeyConstraint(["sku"], ["product.sku"], name=op.f("product_word_sku_fkey")),
        sa.PrimaryKeyConstraint("sku", "word", name=op.f("product_word_pkey")),
        comment="what a product is found by: folded words of its name, and its SKU",
    )
    op.create_index("product_word_by_word", "product_word", ["word", "sku"], unique=False)
    op.create_table(
        "reservation_line",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.Text(collation="C"), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("units > 0", name=op.f("reservation_line_units_positive")),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["reservation.submission_id"],
            name=op.f("reservation_line_submission_id_fkey"),
        ),
        sa.PrimaryKeyConstraint(
            "submission_id", "sku", "location_id", name=op.f("reservation_line_pkey")
        ),
    )
    op.create_table(
        "stock",
        sa.Column("sku", sa.Text(collation="C"), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("on_hand", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("allocated", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("allocated >= 0", name=op.f("stock_allocated_not_negative")),
        sa.CheckConstraint("reserved + allocated <= on_hand", name=op.f("stock_not_oversold")),
        sa.CheckConstraint("reserved >= 0", name=op.f("stock_reserved_not_negative")),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.location_id"], name=op.f("stock_location_id_fkey")
        ),
        sa.ForeignKeyConstraint(["sku"], ["product.sku"], name=op.f("stock_sku_fkey")),
        sa.PrimaryKeyConstraint("sku", "location_id", name=op.f("stock_pkey")),
        comment="one ledger per product and location, in units",
        postgresql_with={"fillfactor": "70"},
    )
    op.create_index("stock_by_location", "stock", ["location_id", "sku"], unique=False)
    op.create_table(
        "stock_movement",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("adjustment_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.Text(collation="C"), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.Column("on_hand", sa.BigInteger(), nullable=False, comment="after the change"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False, comment="staff id"),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["sku", "location_id"],
            ["stock.sku", "stock.location_id"],
            name=op.f("stock_movement_sku_location_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("stock_movement_pkey")),
        comment="what staff changed, and why; append-only",
    )
    op.create_index(
        "stock_movement_by_shelf", "stock_movement", ["sku", "location_id", "id"], unique=False
    )


def downgrade():
    op.execute("SET LOCAL lock_timeout = '5s'")

    op.drop_index("stock_movement_by_shelf", table_name="stock_movement")
    op.drop_table("stock_movement")
    op.drop_index("stock_by_location", table_name="stock")
    op.drop_table("stock")
    op.drop_table("reservation_line")
    op.drop_index("product_word_by_word", table_name="product_word")
    op.drop_table("product_word")
    op.drop_index("product_price_by_site", table_name="product_price")
    op.drop_table("product_price")
    op.drop_index("location_site_by_location", table_name="location_site")
    op.drop_table("location_site")
    op.drop_table("site")
    op.drop_table("saga_log")
    op.drop_index("saga_by_wake", table_name="saga", postgresql_where="wake_at IS NOT NULL")
    op.drop_index("saga_by_subject", table_name="saga")
    op.drop_index("saga_by_attention", table_name="saga", postgresql_where="attention IS NOT NULL")
    op.drop_table("saga")
    op.drop_table("reservation")
    op.drop_table("product")
    op.drop_index("parked_by_state", table_name="parked_message")
    op.drop_table("parked_message")
    op.drop_index("outbox_by_availability", table_name="outbox")
    op.drop_table("outbox")
    op.drop_table("location")
    op.drop_index("inbox_by_age", table_name="inbox")
    op.drop_table("inbox")
    op.drop_index("idempotency_by_age", table_name="idempotency")
    op.drop_table("idempotency")
