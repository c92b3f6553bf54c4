"""The test gateway's own books. Nothing but the test gateway writes to them."""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

from payments.storage import credit_tables as credit_tables  # noqa: PLC0414 - for metadata
from payments.storage import order_tables as order_tables  # noqa: PLC0414 - for metadata
from payments.storage import reconciliation_tables as reconciliation_tables  # noqa: PLC0414
from payments.storage import terms_tables as terms_tables  # noqa: PLC0414 - for metadata
from payments.storage.tables import metadata

requests = Table(
    "test_gateway_request",
    metadata,
    Column("idempotency_key", Text, primary_key=True),
    Column("calls", Integer, nullable=False),
    Column("answer", JSONB(none_as_null=True), comment="given again when the key is repeated"),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    comment="what the gateway remembers of the keys it was called with",
)

charges = Table(
    "test_gateway_charge",
    metadata,
    Column("charge_id", Uuid, primary_key=True),
    Column("reference", Uuid, nullable=False, comment="the merchant's: our payment id"),
    Column("standing", Text, nullable=False),
    Column("reason", Text, comment="why it was declined"),
    Column("amount", BigInteger, nullable=False, comment="minor units"),
    Column("currency", Text, nullable=False),
    Column("captured", BigInteger, nullable=False, server_default="0"),
    Column("refunded", BigInteger, nullable=False, server_default="0"),
    Column("voided", BigInteger, nullable=False, server_default="0"),
    Column("act", Text, comment="what its token said will happen later"),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("test_gateway_charge_by_reference", "reference"),
    comment="as the gateway sees them; a merchant who changes keys can have two of one payment",
)

entries = Table(
    "test_gateway_entry",
    metadata,
    Column("entry_id", BigInteger, Identity(always=True), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column(
        "kind", Text, nullable=False, comment="authorise, decline, capture, refund, void or refuse"
    ),
    Column("reference", Uuid, nullable=False),
    Column("charge_id", Uuid, nullable=False),
    Column("idempotency_key", Text, nullable=False),
    Column("amount", BigInteger, nullable=False, comment="minor units"),
    Column("currency", Text, nullable=False),
    Index("test_gateway_entry_by_reference", "reference"),
    comment="the ledger: what happened to money; append-only",
)
