"""The tables of the payments service."""

from messaging.tables import messaging_tables
from sqlalchemy import (
    BigInteger,
    Boolean,
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
    Column("token", Text, comment="the gateway's token, until the outcome is known"),
    Column("refusal_code", Text),
    Column("refusal_detail", Text),
    Column("void_asked", Boolean, nullable=False),
    Column("calls", Integer, nullable=False, comment="of the gateway, for the present operation"),
    Column("reference", Text, comment="the gateway's own name of it"),
    Column("trouble", Text, comment="why the gateway's last answer is not known"),
    Column("waiting", JSONB, nullable=False, comment="commands that wait for their answer"),
    Column("due_at", DateTime(timezone=True), comment="when the gateway is to be called (again)"),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("payment_by_order", "order_id", "seq"),
    Index("payment_by_seq", "seq", unique=True),
    Index("payment_by_due", "due_at", postgresql_where=text("due_at IS NOT NULL")),
    comment="payments, and the marks of voids that came first",
)
