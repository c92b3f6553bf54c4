"""Keep of a gift card's code its digest alone: in messages that wait for an operator.

What waits to be handled again is left as it is: it does so for an hour at most, and is read.
"""

import json

import sqlalchemy as sa
from alembic import op
from contracts.gift_cards import code_digest

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_PARKED = sa.table("parked_message", sa.column("id"), sa.column("type"), sa.column("body"))
_OURS = _PARKED.c.type == "payments.authorise-payment.v1"


def upgrade():
    op.execute("SET LOCAL lock_timeout = '5s'")
    connection = op.get_bind()
    rows = connection.execute(sa.select(_PARKED.c.id, _PARKED.c.body).where(_OURS)).all()
    for id_, body in rows:
        if (new := _without_code(body)) is not None:
            here = _PARKED.c.id == id_
            connection.execute(sa.update(_PARKED).where(here).values(body=new))


def _without_code(body):
    """Give what a message is to be; none: it has no code, or is none of ours."""
    try:
        envelope = json.loads(body)
        paid = envelope["data"]
        if paid["method"] != "gift-card" or not paid.get("token"):
            return None
        paid["code_digest"] = code_digest(paid.pop("token"))
    except (ValueError, LookupError, TypeError, AttributeError):
        return None
    return json.dumps(envelope).encode()


def downgrade():
    """No code follows from a digest: by an earlier release such a payment is declined."""
