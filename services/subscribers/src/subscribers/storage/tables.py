"""The tables of the subscribers service."""

from chassis.http import idempotency_table
from messaging.tables import messaging_tables
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

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

_NOW = func.now()

endpoints = Table(
    "endpoint",
    metadata,
    Column("endpoint_id", Uuid, primary_key=True),
    Column("seq", BigInteger, Identity(always=True), nullable=False, comment="order of arrival"),
    Column("name", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("types", ARRAY(Text), nullable=False, comment="patterns over event types"),
    Column("since", DateTime(timezone=True), nullable=False, comment="nothing older is sent"),
    Column("after", BigInteger, comment="position in the archive up to which it was served"),
    Column("replays", Integer, nullable=False, comment="how often it was sent back"),
    Column("failing_since", DateTime(timezone=True), comment="first failure since its success"),
    Column("disabled", Text, comment="why; null: enabled"),
    Column("disabled_at", DateTime(timezone=True)),
    Column("due_at", DateTime(timezone=True), comment="when what waits first is sent"),
    Column("version", Integer, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Index("endpoint_by_seq", "seq", unique=True),
    Index(
        "endpoint_by_due",
        "due_at",
        postgresql_where=text("due_at IS NOT NULL AND disabled IS NULL"),
    ),
    comment="webhook endpoints of other systems",
)

secrets = Table(
    "endpoint_secret",
    metadata,
    Column("secret_id", Uuid, primary_key=True),
    Column(
        "endpoint_id", Uuid, ForeignKey("endpoint.endpoint_id", ondelete="CASCADE"), nullable=False
    ),
    Column(
        "secret",
        Text,
        nullable=False,
        comment="signs what is sent; sealed by a key that is not in here",
    ),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), comment="null: not before it is replaced"),
    Index("endpoint_secret_by_endpoint", "endpoint_id"),
    comment="what signs; two while one takes the other's place",
)

deliveries = Table(
    "delivery",
    metadata,
    Column("delivery_id", BigInteger, Identity(always=True), primary_key=True),
    Column(
        "endpoint_id", Uuid, ForeignKey("endpoint.endpoint_id", ondelete="CASCADE"), nullable=False
    ),
    Column("replay", Integer, nullable=False, comment="in which of the endpoint's replays"),
    Column("position", BigInteger, comment="in the archive; null: a test"),
    Column("event_id", Uuid, nullable=False),
    Column("type", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, comment="why it was parked or skipped"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Column("settled_at", DateTime(timezone=True)),
    UniqueConstraint("endpoint_id", "replay", "position", name="delivery_once"),
    Index("delivery_by_endpoint", "endpoint_id", "delivery_id"),
    Index(
        "delivery_waiting", "endpoint_id", "delivery_id", postgresql_where=text("state = 'waiting'")
    ),
    Index("delivery_by_age", "settled_at", postgresql_where=text("settled_at IS NOT NULL")),
    comment="events for endpoints: what waits in order, and the log of what was sent",
)

attempts = Table(
    "attempt",
    metadata,
    Column(
        "delivery_id",
        BigInteger,
        ForeignKey("delivery.delivery_id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("number", Integer, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("milliseconds", Integer, nullable=False),
    Column("status", Integer, comment="null: no answer"),
    Column("error", Text, comment="null: taken"),
    Column("response", Text, nullable=False, comment="its beginning"),
    comment="every attempt of a delivery; append-only",
)

archived_events = Table(
    "archived_event",
    metadata,
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    Column("type", Text, nullable=False),
    Column("archived_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Column("body", LargeBinary, nullable=False),
    Index("archived_event_by_time", "archived_at"),
    comment="every event, where there is no broker with a stream; append-only until it is old",
)
