"""Forget the secrets of links that ended sagas still hold.

New ones forget them by themselves (sagas/hand_over.py).
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        """UPDATE saga SET data = data || '{"text": ""}'
        WHERE definition = 'orders.hand-over' AND status IN ('completed', 'compensated')"""
    )


def downgrade() -> None:
    """What is forgotten stays so; nothing asks for it."""
