"""Sell on account: what was agreed with customers, what is usual, and who has changed that."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KINDS = "authorise, decline, capture, refund or void"
KINDS_NOW = "authorise, decline, capture, refund, void or refuse"


def upgrade():
    op.execute("SET LOCAL lock_timeout = '5s'")
    _tables()
    op.execute("""
        CREATE TRIGGER purchase_terms_change_is_append_only
        BEFORE UPDATE OR DELETE ON purchase_terms_change
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """)
    days = "of a purchase order: within how many it is paid"
    op.add_column("payment", sa.Column("net_days", sa.Integer(), comment=days))
    sums = sa.Column("refusal_sums", JSONB(), comment="limit and open sum, minor units")
    op.add_column("payment", sums)
    op.create_index(
        "payment_on_account",
        "payment",
        ["customer_id"],
        postgresql_where=sa.text("method = 'purchase-order'"),
    )
    _say(KINDS_NOW, KINDS)


def _tables():
    op.create_table(
        "purchase_terms",
        sa.Column("customer_set_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("net_days", sa.Integer(), nullable=False),
        sa.Column("limits", JSONB(), nullable=False, comment="minor units by currency"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("customer_set_id", "customer_id", name="purchase_terms_pkey"),
        comment=(
            "agreed with a customer, for all sites of the set; locked by who adds to what is open"
        ),
    )
    op.create_table(
        "site_purchase_terms",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("without_agreement", sa.Boolean(), nullable=False),
        sa.Column("net_days", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", name="site_purchase_terms_pkey"),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.site_id"], name="site_purchase_terms_site_id_fkey"
        ),
        comment="for those with whom nothing was agreed",
    )
    op.create_table(
        "purchase_terms_change",
        sa.Column("change_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("customer_set_id", sa.Uuid(), comment="with customer_id: what was agreed"),
        sa.Column("customer_id", sa.Uuid()),
        sa.Column("site_id", sa.Uuid(), comment="what a site says to all others"),
        sa.Column("staff_id", sa.Text()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("before", JSONB()),
        sa.Column("after", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("change_id", name="purchase_terms_change_pkey"),
        comment="append-only",
    )
    of_customer = ["customer_set_id", "customer_id", "change_id"]
    op.create_index("purchase_terms_change_of_customer", "purchase_terms_change", of_customer)
    of_site = ["site_id", "change_id"]
    op.create_index("purchase_terms_change_of_site", "purchase_terms_change", of_site)


def downgrade():
    op.execute("SET LOCAL lock_timeout = '5s'")
    _say(KINDS, KINDS_NOW)
    op.drop_index("payment_on_account", "payment")
    op.drop_column("payment", "refusal_sums")
    op.drop_column("payment", "net_days")
    for table in ("purchase_terms_change", "site_purchase_terms", "purchase_terms"):
        op.drop_table(table)


def _say(comment, existing):
    op.alter_column(
        "test_gateway_entry",
        "kind",
        existing_type=sa.Text(),
        existing_nullable=False,
        comment=comment,
        existing_comment=existing,
    )
