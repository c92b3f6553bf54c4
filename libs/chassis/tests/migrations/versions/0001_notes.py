"""Lay out the notes."""

from alembic import op

from libs.chassis.tests.shop import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    metadata.create_all(op.get_bind())
