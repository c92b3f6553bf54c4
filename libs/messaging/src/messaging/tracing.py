"""Trace context in and out of messages (W3C ``traceparent``)."""

from opentelemetry import propagate
from opentelemetry.context import Context


def context_of(traceparent: str | None) -> Context | None:
    """Give the context of a message's sender; none keeps the current one."""
    return propagate.extract({"traceparent": traceparent}) if traceparent else None
