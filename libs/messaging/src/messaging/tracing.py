"""Trace context in and out of messages (W3C ``traceparent``), and the spans of their way.

Names and kinds are those of OpenTelemetry's messaging conventions. What sends a batch is no part of
anyone's trace, so its span only links to what made each message; what handles a message is.
"""

from collections.abc import Collection, Iterable
from contextlib import AbstractContextManager, nullcontext

from opentelemetry import propagate, trace
from opentelemetry.context import Context
from opentelemetry.trace import Link, Span, SpanKind

from messaging.delivery import Received

_tracer = trace.get_tracer("messaging")
_SAMPLED = "-01"


def context_of(traceparent: str | None) -> Context | None:
    """Give the context of a message's sender; none keeps the current one."""
    return propagate.extract({"traceparent": traceparent}) if traceparent else None


def processing(message: Received) -> AbstractContextManager[Span]:
    """Record that a message is handled, as a child of what made it."""
    envelope, queue = message.envelope, message.delivery.queue
    return _tracer.start_as_current_span(
        f"process {queue}",
        context=context_of(envelope.traceparent),
        kind=SpanKind.CONSUMER,
        attributes={
            "messaging.operation.type": "process",
            "messaging.destination.name": queue,
            "messaging.message.id": str(envelope.id),
            "messaging.message.type": envelope.type,
            "messaging.message.conversation_id": envelope.correlationid or "",
        },
    )


def sending(
    exchanges: Collection[str], made_by: Iterable[str | None]
) -> AbstractContextManager[Span | None]:
    """Record that a batch is sent; nothing when no message of it belongs to a recorded trace.

    Args:
        exchanges: Of each message.
        made_by: The trace context in which each was made.
    """
    recorded = {traceparent for traceparent in made_by if (traceparent or "").endswith(_SAMPLED)}
    if not recorded:
        return nullcontext()
    names = set(exchanges)
    return _tracer.start_as_current_span(
        f"send {names.pop()}" if len(names) == 1 else "send",
        kind=SpanKind.CLIENT,
        links=[_link(traceparent) for traceparent in recorded],
        attributes={
            "messaging.operation.type": "send",
            "messaging.batch.message_count": len(exchanges),
        },
    )


def _link(traceparent: str | None) -> Link:
    return Link(trace.get_current_span(context_of(traceparent)).get_span_context())
