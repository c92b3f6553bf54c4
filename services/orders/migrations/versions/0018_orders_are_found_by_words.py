"""Find orders by site and words in one index.

Pieces of three letters, by which they were found, are shared by very many orders: an e-mail was
looked for among all that have any of its pieces.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0016"
branch_labels = None
depends_on = None

WORDS = "array_to_tsvector(array_remove(string_to_array(search_text, ' '), ''))"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("orders_by_search", table_name="orders")
    op.create_index(
        "orders_by_site_and_words",
        "orders",
        [sa.text("(ARRAY[site_id])"), sa.text(f"({WORDS})")],
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("orders_by_site_and_words", table_name="orders")
    op.create_index(
        "orders_by_search",
        "orders",
        ["search_text"],
        postgresql_using="gin",
        postgresql_ops={"search_text": "gin_trgm_ops"},
    )
