"""The span of a message's handling is in the trace of what made it, and tells a failure."""

from uuid import uuid4

import pytest
from messaging import tracing
from messaging.consumer import Handlers
from messaging.delivery import Delivery, Received
from messaging.envelope import Envelope, utc_now
from messaging.failures import Misfit, Permanent
from messaging.outbox import Outbox
from messaging.subscriptions import Subscriptions
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from sqlalchemy.ext.asyncio import AsyncSession

from libs.messaging.tests.shop import ThingCounted, Unheard, tables

QUEUE = "orders.from.catalog"


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(tracing, "_tracer", provider.get_tracer("messaging"))
    return exporter


def received(kind: str, trace_id: str, **data: str) -> Received:
    envelope = Envelope(
        id=uuid4(),
        source="/test",
        type=kind,
        time=utc_now(),
        traceparent=f"00-{trace_id}-b7ad6b7169203331-01",
        data=data,
    )
    return Received(Delivery(QUEUE, envelope.encode()), envelope)


async def handle(*messages: Received) -> None:
    async def follow(event: ThingCounted, uow: AsyncSession) -> None:
        pass

    listed = Subscriptions[AsyncSession]("orders").follows(ThingCounted, follow)
    handlers = Handlers(listed, lambda session, _: session)
    await handlers.receive(messages, AsyncSession(), Outbox("orders", tables.outbox))


def told(span: ReadableSpan) -> tuple[str, StatusCode]:
    """Give the trace a span is in, and how it went."""
    assert span.context is not None
    return f"{span.context.trace_id:032x}", span.status.status_code


async def test_each_message_of_a_batch_is_handled_in_its_own_trace(
    spans: InMemorySpanExporter,
) -> None:
    trace_ids = [uuid4().hex for _ in range(3)]
    await handle(*(received(ThingCounted.type, one, key=str(uuid4())) for one in trace_ids))

    finished = spans.get_finished_spans()
    assert [told(span) for span in finished] == [(one, StatusCode.UNSET) for one in trace_ids]
    assert {(span.name, span.kind) for span in finished} == {
        (f"process {QUEUE}", SpanKind.CONSUMER)
    }


@pytest.mark.parametrize(
    ("kind", "error"), [(ThingCounted.type, Misfit), (Unheard.type, Permanent)]
)
async def test_a_message_that_cannot_be_read_fails_in_its_own_trace(
    spans: InMemorySpanExporter, kind: str, error: type[Exception]
) -> None:
    well, ill = uuid4().hex, uuid4().hex
    good, bad = received(ThingCounted.type, well, key=str(uuid4())), received(kind, ill, key="x")
    with pytest.raises(error):
        await handle(good, bad)

    first, failed = spans.get_finished_spans()
    assert told(first) == (well, StatusCode.UNSET)
    assert told(failed) == (ill, StatusCode.ERROR)
    assert [event.name for event in failed.events] == ["exception"]
