"""What comparisons of the books have found."""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from payments.storage.tables import metadata

reconciliations = Table(
    "reconciliation",
    metadata,
    Column("run_id", BigInteger, Identity(always=True), primary_key=True),
    Column("state", Text, nullable=False, comment="requested, done or failed"),
    Column("hours", Integer, nullable=False, comment="how far back payments are compared"),
    Column("requested_by", Text, comment="none: the clock"),
    Column("requested_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("started_at", DateTime(timezone=True)),
    Column("ended_at", DateTime(timezone=True)),
    Column("compared", Integer, comment="payments of ours"),
    Column("findings", JSONB),
    Column("trouble", Text, comment="why it failed"),
    Index(
        "reconciliation_open",
        "run_id",
        postgresql_where=text("ended_at IS NULL"),
    ),
    Index("reconciliation_by_age", "requested_at"),
)
