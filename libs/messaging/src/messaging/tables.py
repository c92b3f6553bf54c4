"""The tables that messaging keeps in each service's own database.

A service includes them in its metadata with ``messaging_tables(metadata)``, so that one Alembic
tree serves both.
"""

from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
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
)
from sqlalchemy.dialects.postgresql import JSONB

_NOW = func.now()


@dataclass(frozen=True, slots=True)
class MessagingTables:
    """The tables, as one value that the library's parts are given."""

    outbox: Table
    inbox: Table
    parked: Table
    saga: Table
    saga_log: Table


def _time(name: str, *, default: bool = True) -> "Column[object]":
    return Column(
        name, DateTime(timezone=True), nullable=False, server_default=_NOW if default else None
    )


def messaging_tables(metadata: MetaData) -> MessagingTables:
    """Add the tables to a service's metadata, or give those it already has."""
    if "outbox" not in metadata.tables:
        _outbox(metadata)
        _inbox(metadata)
        _parked(metadata)
        _saga(metadata)
        _saga_log(metadata)
    names = ("outbox", "inbox", "parked_message", "saga", "saga_log")
    return MessagingTables(*(metadata.tables[name] for name in names))


def _outbox(metadata: MetaData) -> None:
    Table(
        "outbox",
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("message_id", Uuid, nullable=False),
        Column(
            "exchange", Text, nullable=False, comment="empty: straight to the queue of that name"
        ),
        Column("routing_key", Text, nullable=False),
        Column("type", Text, nullable=False),
        Column("correlation_id", Text),
        Column("reply_to", Text),
        Column("traceparent", Text),
        Column("attempt", Integer, nullable=False, server_default="0", comment="failed handlings"),
        Column("body", LargeBinary, nullable=False),
        _time("created_at"),
        _time("available_at"),
        Column("tries", Integer, nullable=False, server_default="0", comment="failed publishings"),
        Column("last_error", Text),
        # A message put back for later must not collide with its own earlier row, which may still
        # wait for the relay to delete it; sent again in the very same way it is skipped.
        UniqueConstraint(
            "message_id", "exchange", "routing_key", "attempt", name="outbox_message_once"
        ),
        Index("outbox_by_availability", "available_at", "id"),
        comment="messages written but not yet confirmed by the broker",
    )


def _inbox(metadata: MetaData) -> None:
    Table(
        "inbox",
        metadata,
        Column("consumer", Text, primary_key=True),
        Column("message_id", Uuid, primary_key=True),
        Column("reply", JSONB, comment="the answer, given again when the command comes again"),
        _time("processed_at"),
        Index("inbox_by_age", "processed_at"),
        comment="messages whose effect is committed",
    )


def _parked(metadata: MetaData) -> None:
    Table(
        "parked_message",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("queue", Text, nullable=False),
        Column("message_id", Uuid),
        Column("type", Text),
        Column("correlation_id", Text),
        Column("reply_to", Text),
        Column("body", LargeBinary, nullable=False),
        Column("error_class", Text, nullable=False),
        Column("error", Text, nullable=False),
        Column("stack", Text),
        Column("attempts", Integer, nullable=False),
        Column("state", Text, nullable=False, server_default="parked"),
        Column("reason", Text, comment="why an operator discarded it"),
        Column("decided_by", Text),
        _time("parked_at"),
        Column("decided_at", DateTime(timezone=True)),
        Index("parked_by_state", "state", "parked_at"),
        comment="messages that could not be processed; the only place one can end so",
    )


def _saga(metadata: MetaData) -> None:
    Table(
        "saga",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("definition", Text, nullable=False),
        Column("subject_id", Uuid, nullable=False, comment="the aggregate it is about"),
        Column("status", Text, nullable=False),
        Column("attention", Text, comment="why an operator should look"),
        Column("version", Integer, nullable=False),
        Column("state", JSONB, nullable=False),
        Column("data", JSONB, nullable=False),
        Column("wake_at", DateTime(timezone=True), comment="when its next timer is due"),
        _time("created_at"),
        _time("updated_at"),
        Index("saga_by_wake", "wake_at", postgresql_where="wake_at IS NOT NULL"),
        Index("saga_by_subject", "subject_id", "created_at"),
        Index("saga_by_attention", "updated_at", postgresql_where="attention IS NOT NULL"),
        comment="processes across services; the open commands and timers are in state",
    )


def _saga_log(metadata: MetaData) -> None:
    Table(
        "saga_log",
        metadata,
        Column("saga_id", Uuid, primary_key=True),
        Column("seq", Integer, primary_key=True),
        _time("at"),
        Column("event", Text, nullable=False),
        Column("step", Text),
        Column("detail", Text),
        comment="what happened in each saga; append-only",
    )
