"""Commands that are answered once the gateway's answer is known."""

from dataclasses import dataclass
from enum import StrEnum


class Asking(StrEnum):
    """Which command waits for its answer."""

    AUTHORISE = "authorise"
    CAPTURE = "capture"
    REFUND = "refund"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A command that will be answered once the gateway's answer is known.

    Attributes:
        reply_to: Where the answer goes.
        staff_id: On whose behalf it was asked.
        traceparent: W3C trace context of the asking.
        operation_id: The operation that it asked for, as text.
    """

    asking: Asking
    command_id: str
    correlation_id: str
    reply_to: str
    staff_id: str | None = None
    traceparent: str | None = None
    operation_id: str | None = None
