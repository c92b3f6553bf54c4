"""Let a search meet several words and the site in one index."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "product_search",
        sa.Column("product", sa.Text(collation="C"), nullable=False),
        sa.Column(
            "site_ids",
            postgresql.ARRAY(sa.Uuid()),
            nullable=False,
            comment="where it is sold and seen",
        ),
        sa.Column(
            "words",
            postgresql.TSVECTOR(),
            nullable=False,
            comment="those of product_word, as they are",
        ),
        sa.ForeignKeyConstraint(
            ["product"], ["product.code"], name=op.f("product_search_product_fkey")
        ),
        sa.PrimaryKeyConstraint("product", name=op.f("product_search_pkey")),
        comment="for searches of several words: meets all of them and the site at once",
    )
    op.execute("""
        INSERT INTO product_search (product, site_ids, words)
        SELECT
            code,
            ARRAY(
                SELECT site_id FROM product_site
                WHERE product = code AND sold AND visible ORDER BY site_id
            ),
            array_to_tsvector(ARRAY(SELECT left(word, 255) FROM product_word WHERE product = code))
        FROM product
    """)
    op.create_index(
        "product_search_by_site_and_words",
        "product_search",
        ["site_ids", "words"],
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )


def downgrade():
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("product_search")
