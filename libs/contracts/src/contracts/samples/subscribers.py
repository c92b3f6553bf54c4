"""Samples of the subscribers service's messages."""

from contracts.message import Message
from contracts.samples.things import AT, ENDPOINT
from contracts.subscribers import events


def subscribers() -> list[Message]:
    """Give one of each."""
    return [
        events.EndpointDisabled(
            endpoint_id=ENDPOINT,
            name="warehouse",
            reason="no success since 2026-11-15: 503 Service Unavailable",
            failing_since=AT,
            disabled_at=AT,
        ),
        events.EndpointTested(endpoint_id=ENDPOINT, name="warehouse"),
    ]
