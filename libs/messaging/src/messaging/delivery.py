"""A message as a consumer gets it."""

from dataclasses import dataclass
from uuid import UUID

from messaging.envelope import Envelope
from messaging.outbox import Asked, Cause


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message as it came out of a queue.

    Attributes:
        message_id: The outbox row's id; none when a foreign sender left it out.
        attempt: How often its handling has failed before.
        deaths: Why the broker gave it up, when it comes from a dead-letter queue.
    """

    queue: str
    body: bytes
    message_id: UUID | None = None
    type: str | None = None
    correlation_id: str | None = None
    reply_to: str | None = None
    attempt: int = 0
    deaths: str | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """A delivery whose envelope could be read."""

    delivery: Delivery
    envelope: Envelope

    @property
    def asked(self) -> Asked | None:
        """Give the reply address, if the sender expects a reply."""
        if self.delivery.reply_to is None:
            return None
        return Asked(self.envelope.id, self.envelope.correlationid or "", self.delivery.reply_to)

    @property
    def cause(self) -> Cause:
        """Give what stands in every envelope that this message leads to."""
        return Cause(
            message_id=str(self.envelope.id),
            correlation_id=self.envelope.correlationid,
            staff_id=self.envelope.staffid,
            asked=self.asked,
        )
