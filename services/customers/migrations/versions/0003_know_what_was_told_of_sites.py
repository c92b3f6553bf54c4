"""Know what was told of each site, so that a new field of it reaches the copies of others."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column(
        "site",
        sa.Column(
            "told_as",
            sa.Integer(),
            server_default="1",
            nullable=False,
            comment="of what form the last event about it was",
        ),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_column("site", "told_as")
