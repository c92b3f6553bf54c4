"""Keep in which currencies a product is sold on a site: a search need not look at its prices."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column(
        "product_site",
        sa.Column(
            "currencies",
            postgresql.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="that some active variant has a price in; none: not sold there",
        ),
    )
    op.execute("""
        UPDATE product_site SET currencies = priced.currencies
        FROM (
            SELECT variant.product, price.site_id,
                array_agg(DISTINCT price.currency ORDER BY price.currency) AS currencies
            FROM variant
            JOIN product_price AS price ON price.sku = variant.sku
            WHERE variant.active
            GROUP BY variant.product, price.site_id
        ) AS priced
        WHERE product_site.sold
            AND product_site.product = priced.product
            AND product_site.site_id = priced.site_id
    """)
    op.alter_column("product_site", "currencies", server_default=None)
    op.drop_column("product_site", "sold")


def downgrade():
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column(
        "product_site",
        sa.Column(
            "sold",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="some variant has a price",
        ),
    )
    op.execute("UPDATE product_site SET sold = true WHERE cardinality(currencies) > 0")
    op.alter_column("product_site", "sold", server_default=None)
    op.drop_column("product_site", "currencies")
