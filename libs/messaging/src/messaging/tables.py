"""The tables that messaging keeps in each service's own database.

A service includes them in its metadata with ``messaging_tables(metadata)``, so that one Alembic
tree serves both.
"""

from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    func,
)
from sqlalchemy import Column as C
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


def _time(name: str, *, default: bool = True) -> "C[object]":
    return C(
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
        C("id", BigInteger, Identity(always=True), primary_key=True),
        C("message_id", Uuid, nullable=False, unique=True),
        C("exchange", Text, nullable=False, comment="empty: straight to the queue of that name"),
        C("routing_key", Text, nullable=False),
        C("type", Text, nullable=False),
        C("correlation_id", Text),
        C("reply_to", Text),
        C("traceparent", Text),
        C("attempt", Integer, nullable=False, server_default="0", comment="failed handlings"),
        C("body", LargeBinary, nullable=False),
        _time("created_at"),
        _time("available_at"),
        C("tries", Integer, nullable=False, server_default="0", comment="failed publishings"),
        C("last_error", Text),
        Index("outbox_by_availability", "available_at", "id"),
        comment="messages written but not yet confirmed by the broker",
    )


def _inbox(metadata: MetaData) -> None:
    Table(
        "inbox",
        metadata,
        C("consumer", Text, primary_key=True),
        C("message_id", Uuid, primary_key=True),
        C("reply", JSONB, comment="the answer, given again when the command comes again"),
        _time("processed_at"),
        Index("inbox_by_age", "processed_at"),
        comment="messages whose effect is committed",
    )


def _parked(metadata: MetaData) -> None:
    Table(
        "parked_message",
        metadata,
        C("id", Uuid, primary_key=True),
        C("queue", Text, nullable=False),
        C("message_id", Uuid),
        C("type", Text),
        C("correlation_id", Text),
        C("reply_to", Text),
        C("body", LargeBinary, nullable=False),
        C("error_class", Text, nullable=False),
        C("error", Text, nullable=False),
        C("stack", Text),
        C("attempts", Integer, nullable=False),
        C("state", Text, nullable=False, server_default="parked"),
        C("reason", Text, comment="why an operator discarded it"),
        C("decided_by", Text),
        _time("parked_at"),
        C("decided_at", DateTime(timezone=True)),
        Index("parked_by_state", "state", "parked_at"),
        comment="messages that could not be processed; the only place one can end so",
    )


def _saga(metadata: MetaData) -> None:
    Table(
        "saga",
        metadata,
        C("id", Uuid, primary_key=True),
        C("definition", Text, nullable=False),
        C("subject_id", Uuid, nullable=False, comment="the aggregate it is about"),
        C("status", Text, nullable=False),
        C("attention", Text, comment="why an operator should look"),
        C("version", Integer, nullable=False),
        C("state", JSONB, nullable=False),
        C("data", JSONB, nullable=False),
        C("wake_at", DateTime(timezone=True), comment="when its next timer is due"),
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
        C("saga_id", Uuid, primary_key=True),
        C("seq", Integer, primary_key=True),
        _time("at"),
        C("event", Text, nullable=False),
        C("step", Text),
        C("detail", Text),
        comment="what happened in each saga; append-only",
    )
