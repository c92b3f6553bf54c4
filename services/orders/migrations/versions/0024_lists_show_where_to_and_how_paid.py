"""Show in lists where orders go to and how they are paid."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

KNOWN = """
    UPDATE orders SET
        ships_to = content -> 'shipping_address' ->> 'country',
        payment_methods = ARRAY(
            SELECT payment -> 'terms' ->> 'method'
            FROM jsonb_array_elements(coalesce(content -> 'payments', '[]'))
                WITH ORDINALITY AS payments (payment, place)
            GROUP BY 1 ORDER BY min(place)
        )
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column(
        "orders",
        sa.Column(
            "ships_to",
            sa.Text(),
            comment="country of the shipping address, for lists; so the next",
        ),
    )
    op.add_column(
        "orders",
        sa.Column(
            "payment_methods",
            postgresql.ARRAY(sa.Text()),
            comment="each once, in the order of the payments",
        ),
    )
    op.execute(KNOWN)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_column("orders", "payment_methods")
    op.drop_column("orders", "ships_to")
