"""Keep store credit and gift cards in double-entry books that the database guards."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _accounts()
    _transfers()
    op.execute("""
        CREATE FUNCTION credit_sums_to_zero() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF (SELECT sum(amount) FROM credit_entry WHERE transfer_id = NEW.transfer_id) <> 0 THEN
                RAISE EXCEPTION 'transfer % makes or loses money', NEW.transfer_id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        END $$
    """)
    op.execute("""
        CREATE CONSTRAINT TRIGGER credit_entry_sums_to_zero AFTER INSERT ON credit_entry
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION credit_sums_to_zero()
    """)
    op.execute("""
        CREATE FUNCTION credit_balance_follows() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            UPDATE credit_account SET balance = balance + NEW.amount
                WHERE account_id = NEW.account_id;
            RETURN NULL;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER credit_entry_moves_the_balance AFTER INSERT ON credit_entry
        FOR EACH ROW EXECUTE FUNCTION credit_balance_follows()
    """)
    for table in ("credit_transfer", "credit_entry"):
        op.execute(f"""
            CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """)


def _accounts() -> None:
    op.create_table(
        "credit_account",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Text(),
            nullable=False,
            comment="store-credit, gift-card, hold, issued or taken",
        ),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True, comment="whose store credit it is"),
        sa.Column(
            "code_digest",
            sa.Text(),
            nullable=True,
            comment="of a gift card's code, which is kept nowhere",
        ),
        sa.Column("payment_id", sa.Uuid(), nullable=True, comment="for which money is held"),
        sa.Column(
            "balance", sa.BigInteger(), server_default="0", nullable=False, comment="minor units"
        ),
        _now("created_at"),
        sa.CheckConstraint(
            "balance >= 0 OR kind = 'issued'", name=op.f("credit_account_balance_check")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("credit_account_pkey")),
        sa.UniqueConstraint("code_digest", name=op.f("credit_account_code_digest_key")),
    )
    op.create_index(
        "credit_account_of_customer",
        "credit_account",
        ["site_id", "customer_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'store-credit'"),
    )
    op.create_index("credit_account_of_payment", "credit_account", ["payment_id"], unique=True)
    op.create_index(
        "credit_account_of_site",
        "credit_account",
        ["site_id", "kind"],
        unique=True,
        postgresql_where=sa.text("kind IN ('issued', 'taken')"),
    )


def _transfers() -> None:
    op.create_table(
        "credit_transfer",
        sa.Column("transfer_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, comment="each is made once"),
        sa.Column(
            "kind", sa.Text(), nullable=False, comment="issue, hold, capture, release or refund"
        ),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("staff_id", sa.Text(), nullable=True),
        _now("at"),
        sa.PrimaryKeyConstraint("transfer_id", name=op.f("credit_transfer_pkey")),
        sa.UniqueConstraint("key", name=op.f("credit_transfer_key_key")),
        comment="append-only",
    )
    op.create_index("credit_transfer_by_payment", "credit_transfer", ["payment_id"])
    op.create_table(
        "credit_entry",
        sa.Column("transfer_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "amount", sa.BigInteger(), nullable=False, comment="minor units; negative leaves"
        ),
        sa.CheckConstraint("amount <> 0", name=op.f("credit_entry_amount_check")),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["credit_account.account_id"],
            name=op.f("credit_entry_account_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["transfer_id"],
            ["credit_transfer.transfer_id"],
            name=op.f("credit_entry_transfer_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("transfer_id", "account_id", name=op.f("credit_entry_pkey")),
        comment="append-only; those of a transfer sum to zero",
    )
    op.create_index("credit_entry_by_account", "credit_entry", ["account_id", "transfer_id"])


def _now(name: str) -> sa.Column:
    return sa.Column(
        name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in ("credit_entry", "credit_transfer", "credit_account"):
        op.drop_table(table)
    op.execute("DROP FUNCTION credit_sums_to_zero()")
    op.execute("DROP FUNCTION credit_balance_follows()")
