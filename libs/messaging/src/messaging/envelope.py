"""The envelope: one CloudEvents 1.0 JSON document, the same on every queue, in logs and archives.

Attribute names are CloudEvents' own, so they are lower case and unbroken (``correlationid``).
"""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, ValidationError
from pydantic_core import from_json, to_json

from messaging.failures import wrong_fields

MAX_BODY = 1024 * 1024
"""Bytes a message may have; an order of 1,000 lines fits (docs/decisions/0009)."""

SPECVERSION = "1.0"


class BadEnvelope(ValueError):
    """A body that is not one of our messages: not JSON, not CloudEvents, or too large."""


class TooLarge(BadEnvelope):
    """A body over ``MAX_BODY`` bytes."""


class Envelope(BaseModel):
    """A message and what is known about it.

    Attributes:
        id: The message's id: of a command also the command's, of an event also the event's.
        source: Who sent it: ``/tradecounter/<service>``.
        type: The wire name; its last part is the schema version.
        subject: Id of the aggregate an event is about.
        correlationid: The conversation: a saga's id, or that of the first event that a request led
            to.
        causationid: Id of the message that was being handled when this one was written; of a reply:
            the command's id; of an event that a request led to: the first one's.
        partitionkey: Messages with the same key are about the same aggregate.
        sequence: Place of an event in its aggregate's history, from 1, without gaps.
        expirytime: When the sender stops to care for an answer.
        traceparent: W3C trace context of the sender.
        staffid: Staff member on whose behalf this happened.
        customerid: Customer whom an order's event concerns.
        data: The message itself.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: str = SPECVERSION
    id: UUID
    source: str
    type: str
    subject: str | None = None
    time: datetime
    datacontenttype: str = "application/json"
    dataschema: str | None = None
    correlationid: str | None = None
    causationid: str | None = None
    partitionkey: str | None = None
    sequence: Annotated[int | None, PlainSerializer(lambda n: None if n is None else str(n))] = None
    expirytime: datetime | None = None
    traceparent: str | None = None
    staffid: str | None = None
    customerid: str | None = None
    data: dict[str, Any] = Field(default_factory=dict)

    def encode(self) -> bytes:
        """Give the JSON document.

        Raises:
            TooLarge: It has more than ``MAX_BODY`` bytes.
        """
        body = to_json(self.model_dump(mode="json", exclude_none=True))
        if len(body) > MAX_BODY:
            raise TooLarge(f"{self.type} has {len(body)} bytes, more than {MAX_BODY}")
        return body


def decode(body: bytes) -> Envelope:
    """Read the JSON document.

    Raises:
        BadEnvelope: The body is not one of our envelopes.
    """
    if len(body) > MAX_BODY:
        raise TooLarge(f"the body has {len(body)} bytes, more than {MAX_BODY}")
    try:
        envelope = Envelope.model_validate(from_json(body))
    except ValidationError as error:
        raise BadEnvelope(f"not a CloudEvents document of ours: {wrong_fields(error)}") from None
    except ValueError as error:
        raise BadEnvelope(f"not JSON: {error}") from None
    if envelope.specversion != SPECVERSION:
        raise BadEnvelope(f"CloudEvents {envelope.specversion} is not {SPECVERSION}")
    return envelope


def utc_now() -> datetime:
    """Give the time for an envelope: aware, UTC."""
    return datetime.now(UTC)
