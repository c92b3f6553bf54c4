"""Let what was agreed with a customer be removed; its history stands (SC-2)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("SET LOCAL lock_timeout = '5s'")
    removed = sa.Column("removed", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("purchase_terms", removed)
    op.alter_column(
        "purchase_terms_change",
        "after",
        existing_type=JSONB(),
        nullable=True,
        comment="none: removed",
    )


def downgrade():
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE purchase_terms_change DISABLE TRIGGER USER")
    op.execute("DELETE FROM purchase_terms_change WHERE after IS NULL")
    op.execute("ALTER TABLE purchase_terms_change ENABLE TRIGGER USER")
    op.alter_column(
        "purchase_terms_change", "after", existing_type=JSONB(), nullable=False, comment=None
    )
    op.execute("DELETE FROM purchase_terms WHERE removed")
    op.drop_column("purchase_terms", "removed")
