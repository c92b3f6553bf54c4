"""Sort lists by who can sign in: one index for that and for the filter."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SORTED = ["customer_set_id", "is_registered", "customer_id"]


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_index("customer_by_registered", "customer", SORTED)
    op.drop_index("customer_registered", table_name="customer")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_index(
        "customer_registered",
        "customer",
        ["customer_set_id", "customer_id"],
        postgresql_where="is_registered",
    )
    op.drop_index("customer_by_registered", table_name="customer")
