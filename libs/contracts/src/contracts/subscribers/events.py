"""What the subscribers service tells: how it fares with the endpoints of other systems."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from typing_extensions import override

from contracts.message import Event


class EndpointEvent(Event):
    """What every event about a webhook endpoint says."""

    endpoint_id: UUID
    name: str

    @property
    @override
    def subject(self) -> UUID:
        return self.endpoint_id


class EndpointDisabled(EndpointEvent):
    """Nothing is sent to a webhook endpoint any more, until somebody enables it.

    Attributes:
        reason: For people: what its last answer was, or why staff disabled it.
        failing_since: Since when it had taken nothing; none when staff disabled it (UTC).
        disabled_at: UTC.
    """

    type: ClassVar = "subscribers.endpoint-disabled.v1"

    reason: str
    failing_since: datetime | None = None
    disabled_at: datetime


class EndpointTested(EndpointEvent):
    """Staff have asked for a test; sent to the one endpoint only, and published to nobody."""

    type: ClassVar = "subscribers.endpoint-tested.v1"
