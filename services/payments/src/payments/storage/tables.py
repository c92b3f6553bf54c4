"""The tables of the payments service."""

from chassis.http import idempotency_table
from messaging.tables import messaging_tables
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    }
)
messaging = messaging_tables(metadata)
idempotency = idempotency_table(metadata)

sites = Table(
    "site",
    metadata,
    Column("site_id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("customer_set_id", Uuid, nullable=False),
    Column("country", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Index("site_by_code", "code"),
    comment="a copy of what the customers service tells; codes collide while events overtake",
)

site_methods = Table(
    "site_method",
    metadata,
    Column("site_id", Uuid, ForeignKey("site.site_id"), primary_key=True),
    Column("method", Text, primary_key=True),
    Column("enabled", Boolean, nullable=False),
    Column("gateway", Text, comment="of cards: which gateway they go through; none: the test one"),
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    comment="where staff have decided; a method without a row is offered",
)

payments = Table(
    "payment",
    metadata,
    Column("payment_id", Uuid, primary_key=True),
    Column("seq", BigInteger, Identity(always=True), nullable=False, comment="order of arrival"),
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False, comment="changes that were published"),
    Column("order_id", Uuid, comment="none when the void came before the authorisation"),
    Column("site_id", Uuid),
    Column("method", Text),
    Column("amount", BigInteger, comment="minor units"),
    Column("currency", Text),
    Column("terms", JSONB(none_as_null=True)),
    Column("customer_id", Uuid),
    Column("net_days", Integer, comment="of a purchase order: within how many it is paid"),
    Column("gateway", Text, comment="none when the money comes from outside"),
    Column("authorised", BigInteger, nullable=False, server_default="0", comment="minor units"),
    Column("captured", BigInteger, nullable=False, server_default="0"),
    Column("refunded", BigInteger, nullable=False, server_default="0"),
    Column("voided", BigInteger, nullable=False, server_default="0"),
    Column("token", Text, comment="the gateway's token, until the outcome is known"),
    Column("action", JSONB(none_as_null=True), comment="what the customer has to do first"),
    Column("refusal_code", Text),
    Column("refusal_detail", Text),
    Column("refusal_sums", JSONB(none_as_null=True), comment="limit and open sum, minor units"),
    Column("calls", Integer, nullable=False, comment="of the gateway, for the present step"),
    Column("reference", Text, comment="the gateway's own name of it"),
    Column("trouble", Text, comment="why the gateway's last answer is not known"),
    Column("waiting", JSONB, nullable=False, comment="commands that wait for their answer"),
    Column("due_at", DateTime(timezone=True), comment="when the gateway is to be called (again)"),
    Column("open_since", DateTime(timezone=True), comment="when the present step was begun"),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("payment_by_order", "order_id", "seq"),
    Index("payment_by_seq", "seq", unique=True),
    Index(
        "payment_on_account",
        "customer_id",
        postgresql_where=text("method = 'purchase-order'"),
    ),
    Index("payment_by_due", "due_at", postgresql_where=text("due_at IS NOT NULL")),
    Index("payment_by_reference", "reference", postgresql_where=text("reference IS NOT NULL")),
    CheckConstraint(
        "least(authorised, captured, refunded, voided) >= 0"
        " AND captured + voided <= authorised AND refunded <= captured",
        name="amounts",
    ),
    comment="payments, and the marks of voids that came first",
)

operations = Table(
    "payment_operation",
    metadata,
    Column("payment_id", Uuid, ForeignKey("payment.payment_id"), primary_key=True),
    Column("operation_id", Uuid, primary_key=True, comment="idempotency key at the gateway"),
    Column("outcome", Text, primary_key=True, comment="asked, done or refused"),
    Column("seq", BigInteger, Identity(always=True), nullable=False),
    Column("kind", Text, nullable=False, comment="authorise, capture, refund, void or lower"),
    Column("amount", BigInteger, nullable=False, comment="minor units"),
    Column("reason", Text),
    Column("refusal_code", Text),
    Column("refusal_detail", Text),
    Column("staff_id", Text),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    comment="what was done with a payment's money; append-only",
)

webhook_events = Table(
    "webhook_event",
    metadata,
    Column("gateway", Text, primary_key=True),
    Column("event_id", Text, primary_key=True),
    Column("type", Text, nullable=False),
    Column("payment_id", Uuid),
    Column("received_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("webhook_event_by_age", "received_at"),
    comment="webhooks that were heard; a copy changes nothing",
)
