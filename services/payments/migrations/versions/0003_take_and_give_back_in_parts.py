"""Keep what was taken, given back and let go of each payment, and every operation.

A payment that was on the way to captured or voided becomes one that stands, with the operation
open; amounts follow from the states that there were.
"""

from uuid import uuid5

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_AMOUNTS = (
    "least(authorised, captured, refunded, voided) >= 0"
    " AND captured + voided <= authorised AND refunded <= captured"
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column(
        "site_method",
        sa.Column(
            "gateway",
            sa.Text(),
            nullable=True,
            comment="of cards: which gateway they go through; none: the test one",
        ),
    )
    _payment_columns()
    _operations()
    _webhooks()
    _gateway()
    _carry_over()
    op.drop_column("payment", "void_asked")
    op.create_check_constraint(op.f("payment_amounts_check"), "payment", _AMOUNTS)


def _payment_columns() -> None:
    op.add_column("payment", sa.Column("customer_id", sa.Uuid(), nullable=True))
    op.add_column(
        "payment",
        sa.Column(
            "gateway", sa.Text(), nullable=True, comment="none when the money comes from outside"
        ),
    )
    op.add_column("payment", _amount("authorised", comment="minor units"))
    for name in ("captured", "refunded", "voided"):
        op.add_column("payment", _amount(name))
    op.add_column(
        "payment",
        sa.Column(
            "action",
            postgresql.JSONB(none_as_null=True),
            nullable=True,
            comment="what the customer has to do first",
        ),
    )
    op.add_column(
        "payment",
        sa.Column(
            "open_since",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when the present step was begun",
        ),
    )
    op.alter_column("payment", "calls", comment="of the gateway, for the present step")
    op.create_index(
        "payment_by_reference",
        "payment",
        ["reference"],
        postgresql_where=sa.text("reference IS NOT NULL"),
    )


def _amount(name: str, comment: str | None = None) -> sa.Column:
    return sa.Column(name, sa.BigInteger(), nullable=False, server_default="0", comment=comment)


def _operations() -> None:
    op.create_table(
        "payment_operation",
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column(
            "operation_id", sa.Uuid(), nullable=False, comment="idempotency key at the gateway"
        ),
        sa.Column("outcome", sa.Text(), nullable=False, comment="asked, done or refused"),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="authorise, capture, refund or void"),
        sa.Column("amount", sa.BigInteger(), nullable=False, comment="minor units"),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("refusal_code", sa.Text(), nullable=True),
        sa.Column("refusal_detail", sa.Text(), nullable=True),
        sa.Column("staff_id", sa.Text(), nullable=True),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.payment_id"], name=op.f("payment_operation_payment_id_fkey")
        ),
        sa.PrimaryKeyConstraint(
            "payment_id", "operation_id", "outcome", name=op.f("payment_operation_pkey")
        ),
        comment="what was done with a payment's money; append-only",
    )
    op.execute("""
        CREATE TRIGGER payment_operation_is_append_only
        BEFORE UPDATE OR DELETE ON payment_operation
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """)


def _webhooks() -> None:
    op.create_table(
        "webhook_event",
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("gateway", "event_id", name=op.f("webhook_event_pkey")),
        comment="webhooks that were heard; a copy changes nothing",
    )
    op.create_index("webhook_event_by_age", "webhook_event", ["received_at"])


def _gateway() -> None:
    for name in ("captured", "refunded", "voided"):
        op.add_column("test_gateway_charge", _amount(name))
    op.add_column(
        "test_gateway_charge",
        sa.Column("act", sa.Text(), nullable=True, comment="what its token said will happen later"),
    )
    op.add_column(
        "test_gateway_charge",
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
    )
    op.alter_column(
        "test_gateway_entry", "kind", comment="authorise, decline, capture, refund or void"
    )


def _carry_over() -> None:
    op.execute("UPDATE payment SET gateway = 'test' WHERE method = 'card' AND state <> 'declined'")
    op.execute("""
        UPDATE payment SET authorised = amount,
            captured = CASE WHEN state = 'captured' THEN amount ELSE 0 END,
            voided = CASE WHEN state = 'voided' THEN amount ELSE 0 END
        WHERE amount IS NOT NULL
            AND state IN ('pending', 'authorised', 'capturing', 'captured', 'voiding', 'voided')
    """)
    _open("capture", "state = 'capturing'")
    _open("void", "state = 'voiding' OR void_asked")
    op.execute("UPDATE payment SET state = 'authorised' WHERE state IN ('capturing', 'voiding')")
    op.execute("UPDATE payment SET open_since = changed_at WHERE due_at IS NOT NULL")
    op.execute("""
        UPDATE test_gateway_charge SET
            captured = CASE WHEN standing = 'captured' THEN amount ELSE 0 END,
            voided = CASE WHEN standing = 'voided' THEN amount ELSE 0 END
    """)
    op.execute("UPDATE test_gateway_charge SET standing = 'authorised' WHERE standing = 'captured'")


def _open(kind: str, where: str) -> None:
    """Write the operation that runs, under the id that the service derives for it."""
    connection = op.get_bind()
    running = connection.execute(
        sa.text(f"SELECT payment_id, coalesce(amount, 0) FROM payment WHERE {where}")
    )
    for payment_id, amount in running.all():
        connection.execute(
            sa.text(
                "INSERT INTO payment_operation (payment_id, operation_id, outcome, kind, amount)"
                " VALUES (:payment, :operation, 'asked', :kind, :amount)"
            ),
            {
                "payment": payment_id,
                "operation": uuid5(payment_id, kind),
                "kind": kind,
                "amount": amount,
            },
        )


def downgrade() -> None:
    raise NotImplementedError("amounts taken in parts have no place in the shape before")
