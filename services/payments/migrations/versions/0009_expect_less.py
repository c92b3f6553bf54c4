"""Say that less can be expected from outside (SU-11)."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0007"
branch_labels = None
depends_on = None

KINDS = "authorise, capture, refund or void"
KINDS_NOW = "authorise, capture, refund, void or lower"


def upgrade():
    op.execute("SET LOCAL lock_timeout = '5s'")
    _say(KINDS_NOW, KINDS)


def downgrade():
    op.execute("SET LOCAL lock_timeout = '5s'")
    _say(KINDS, KINDS_NOW)


def _say(comment, existing):
    op.alter_column(
        "payment_operation",
        "kind",
        existing_type=sa.Text(),
        existing_nullable=False,
        comment=comment,
        existing_comment=existing,
    )
