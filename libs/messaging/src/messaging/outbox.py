"""What a transaction will send: collected while it runs, written before it commits."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from contracts.message import Command, Event, Message, Reply
from contracts.values import new_id
from opentelemetry import propagate
from sqlalchemy import Double, Integer, LargeBinary, Table, Text, Uuid, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import TypeEngine

from messaging.direct import Direct, joined
from messaging.envelope import Envelope, utc_now
from messaging.unnested import unnested


@dataclass(frozen=True, slots=True)
class Asked:
    """A command that waits for its reply: all that is needed to give it, now or later.

    Attributes:
        reply_to: Where the reply goes: ``<service>.<name>``.
    """

    command_id: UUID
    correlation_id: str
    reply_to: str


@dataclass(frozen=True, slots=True)
class Cause:
    """What made this transaction: the message being handled, or a request.

    Attributes:
        message_id: The message being handled; none for a request.
        correlation_id: The conversation it belongs to.
        staff_id: Staff member on whose behalf it happens.
        asked: The command being handled, if a reply is expected.
    """

    message_id: str | None = None
    correlation_id: str | None = None
    staff_id: str | None = None
    asked: Asked | None = None


def current_traceparent() -> str | None:
    """Give the W3C trace context of the running span, if there is one."""
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return carrier.get("traceparent")


@dataclass(slots=True)
class Outbox:
    """The messages of one transaction.

    Attributes:
        service: Who sends.
        table: Where they are written.
        cause: Stands in every envelope written from now on.
    """

    service: str
    table: Table
    cause: Cause = field(default_factory=Cause)
    rows: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    _first: str | None = None

    def publish(
        self, event: Event, *, sequence: int | None = None, customer_id: UUID | None = None
    ) -> None:
        """Tell everyone; ``sequence`` is the event's place in its aggregate's history.

        What no message led to, but a request, begins a conversation: the first event stands for it,
        as what led to itself and to the others (EV-1).
        """
        key, id_ = str(event.subject), new_id()
        self._first = self._first or str(id_)
        envelope = self._wrap(
            event,
            id_,
            correlationid=self.cause.correlation_id or self._first,
            causationid=self.cause.message_id or self._first,
            subject=key,
            partitionkey=key,
            sequence=sequence,
            customerid=str(customer_id) if customer_id else None,
        )
        self._add(envelope, f"evt.{self.service}", event.type)

    def send(
        self,
        command: Command,
        *,
        message_id: UUID,
        correlation_id: str,
        reply_to: str,
        expires_at: datetime | None = None,
    ) -> None:
        """Ask a service to do something; sending the same ``message_id`` again is safe."""
        envelope = self._wrap(
            command, message_id, correlationid=correlation_id, expirytime=expires_at
        )
        self._add(envelope, f"cmd.{command.owner()}", command.type, reply_to=reply_to)

    def reply(self, reply: Reply, asked: Asked) -> dict[str, Any]:
        """Answer a command; gives what must be kept to answer it again in the same words."""
        envelope = self._wrap(
            reply,
            new_id(),
            correlationid=asked.correlation_id,
            causationid=str(asked.command_id),
        )
        self._add(envelope, *_reply_address(asked.reply_to))
        return {
            "to": asked.reply_to,
            "envelope": envelope.model_dump(mode="json", exclude_none=True),
        }

    def reply_again(self, kept: dict[str, Any]) -> None:
        """Answer a repeated command as the first time, under the same message id."""
        self._add(Envelope.model_validate(kept["envelope"]), *_reply_address(kept["to"]))

    def send_again(
        self,
        queue: str,
        body: bytes,
        *,
        row: dict[str, Any],
        attempt: int = 0,
        delay: timedelta = timedelta(0),
    ) -> None:
        """Send a message to one queue again, later; ``row`` names its id, type and addresses."""
        self.rows.append(
            {
                **row,
                "exchange": "",
                "routing_key": queue,
                "body": body,
                "attempt": attempt,
                "delay": delay.total_seconds(),
            }
        )

    async def write(self, session: AsyncSession) -> None:
        """Insert what was collected, in order, in one statement; a repeated id is skipped."""
        if not self.rows:
            return
        rows, self.rows = self.rows, []
        columns = {name: [row[name] for row in rows] for name in _COLUMNS}
        await _insertion(self.table).fetch(await joined(session), columns)

    def _wrap(self, message: Message, message_id: UUID, **attributes: object) -> Envelope:
        known: dict[str, Any] = {
            "correlationid": self.cause.correlation_id,
            "causationid": self.cause.message_id,
            "staffid": self.cause.staff_id,
            **attributes,
        }
        return Envelope.model_construct(
            None,
            **known,
            id=message_id,
            source=f"/tradecounter/{self.service}",
            type=message.type,
            time=utc_now(),
            dataschema=f"urn:tradecounter:schema:{message.type}",
            traceparent=current_traceparent(),
            data=message.model_dump(mode="json", exclude_none=True),
        )

    def _add(
        self, envelope: Envelope, exchange: str, routing_key: str, *, reply_to: str | None = None
    ) -> None:
        self.rows.append(
            {
                "message_id": envelope.id,
                "exchange": exchange,
                "routing_key": routing_key,
                "type": envelope.type,
                "correlation_id": envelope.correlationid,
                "reply_to": reply_to,
                "traceparent": envelope.traceparent,
                "attempt": 0,
                "body": envelope.encode(),
                "delay": 0.0,
            }
        )


_COLUMNS: Mapping[str, TypeEngine[Any]] = {
    "message_id": Uuid(),
    "exchange": Text(),
    "routing_key": Text(),
    "type": Text(),
    "correlation_id": Text(),
    "reply_to": Text(),
    "traceparent": Text(),
    "attempt": Integer(),
    "body": LargeBinary(),
    "delay": Double(),
}
"""Of a collected row; ``delay`` is in seconds from now."""


@functools.cache
def _insertion(table: Table) -> Direct:
    """Give a statement that takes a column of values each, so that it is the same for any number.

    A statement with a parameter for each value is compiled anew for each number of rows, which
    costs more than all else in sending a message.
    """
    values = unnested("collected", _COLUMNS)
    available_at = func.now() + values.c.delay * timedelta(seconds=1)
    stored = [name for name in _COLUMNS if name != "delay"]
    query = select(*(values.c[name] for name in stored), available_at).order_by(values.c.place)
    filled = insert(table).from_select([*stored, "available_at"], query, include_defaults=False)
    return Direct(filled.on_conflict_do_nothing())


def _reply_address(to: str) -> tuple[str, str]:
    """Give exchange and routing key of a reply address ``<service>.<name>``."""
    return f"rpl.{to.partition('.')[0]}", to
