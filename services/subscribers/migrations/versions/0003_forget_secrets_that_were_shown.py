"""Forget the secrets in answers that are kept to be given again.

Those of the endpoints themselves are sealed by the worker when it starts: the key is not in here.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BEFORE = "signs what is sent; shown once"
NOW = "signs what is sent; sealed by a key that is not in here"


def upgrade():
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        "UPDATE idempotency SET response = jsonb_set(response, '{secret}', 'null')"
        " WHERE response ? 'secret'"
    )
    _say(NOW, BEFORE)


def downgrade():
    op.execute("SET LOCAL lock_timeout = '5s'")
    _say(BEFORE, NOW)


def _say(comment, existing):
    op.alter_column(
        "endpoint_secret",
        "secret",
        existing_type=sa.Text(),
        existing_nullable=False,
        comment=comment,
        existing_comment=existing,
    )
