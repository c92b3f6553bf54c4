"""Let lists by site and state, by number and by reference find their orders in one index."""

from alembic import op

revision = "0012"
down_revision = "0009"
branch_labels = None
depends_on = None

HAS_REFERENCE = "external_reference IS NOT NULL"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("orders_by_number", table_name="orders")
    _make_unique(["number", "site_id"], ["external_reference", "site_id"])
    op.create_index("orders_by_site_and_state", "orders", ["site_id", "state", "id"])


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("orders_by_site_and_state", table_name="orders")
    _make_unique(["site_id", "number"], ["site_id", "external_reference"])
    op.create_index("orders_by_number", "orders", ["number"])


def _make_unique(number: list[str], reference: list[str]) -> None:
    """Make the two unique indexes anew, of the same columns in another order."""
    op.drop_index("orders_number_once", table_name="orders")
    op.create_index("orders_number_once", "orders", number, unique=True)
    op.drop_index("orders_reference_once", table_name="orders", postgresql_where=HAS_REFERENCE)
    op.create_index(
        "orders_reference_once", "orders", reference, unique=True, postgresql_where=HAS_REFERENCE
    )
