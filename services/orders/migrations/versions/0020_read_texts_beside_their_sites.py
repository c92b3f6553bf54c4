"""Keep what an order is found by beside its site, in the index by which lists are read.

A text is looked for among a site's newest orders first. Those lie far apart from one another, so
that each was a page to read.
"""

from alembic import op

revision = "0020"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _make(beside=["search_text"])


def downgrade() -> None:
    _make(beside=[])


def _make(beside: list[str]) -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("orders_by_site", table_name="orders")
    op.create_index("orders_by_site", "orders", ["site_id", "id"], postgresql_include=beside)
