"""Traces: ids always, spans when there is somewhere to send them.

Without an endpoint nothing is recorded, but ids are made and passed on, so that one trace id
leads from a request through every message to every log line.
"""

import random
import re
from dataclasses import dataclass

from fastapi.telemetry import TelemetryConfig
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.asyncpg import (  # pyright: ignore[reportMissingTypeStubs]
    AsyncPGInstrumentor,
)
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, ParentBased
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags

_TRACEPARENT = re.compile(rb"00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")


@dataclass(slots=True)
class _Process:
    """What this process has set up; the tracer provider can be set once."""

    provider: TracerProvider | None = None
    recording: bool = False


_process = _Process()


def set_up(service: str, endpoint: str | None = None, exporter: SpanExporter | None = None) -> None:
    """Set the tracer provider of this process; only the first call has an effect.

    Args:
        service: Stands in every span.
        endpoint: OTLP over HTTP, ``http://host:4318``; none: ids only.
        exporter: Takes the spans instead of the endpoint.
    """
    if _process.provider is not None:
        return
    if exporter is None and endpoint is not None:
        exporter = OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces")
    resource = Resource.create({"service.name": service, "service.namespace": "tradecounter"})
    sampler = ParentBased(ALWAYS_ON) if exporter is not None else ALWAYS_OFF
    provider = TracerProvider(sampler=sampler, resource=resource)
    if exporter is not None:
        provider.add_span_processor(BatchSpanProcessor(exporter))
        AsyncPGInstrumentor().instrument(tracer_provider=provider)
    trace.set_tracer_provider(provider)
    _process.provider, _process.recording = provider, exporter is not None


def flush() -> None:
    """Send what is still held back; waits a few seconds at most."""
    if _process.provider is not None and _process.recording:
        _process.provider.force_flush(5000)


def config() -> TelemetryConfig:
    """Give what FastAPI itself should record: spans when they go somewhere, else nothing."""
    return {
        "tracing": _process.recording,
        "metrics": False,
        "logs": False,
        "operation_spans": False,
        "auto_configure": False,
    }


def server_context(traceparent: bytes | None) -> Context | None:
    """Give the context for a request: ids of the caller's trace, or of a new one.

    None when a span is running already.
    """
    if trace.get_current_span().get_span_context().is_valid:
        return None
    found = _TRACEPARENT.fullmatch(traceparent) if traceparent else None
    trace_id = int(found[1], 16) if found else 0
    ids = SpanContext(
        trace_id or random.getrandbits(128) or 1,
        random.getrandbits(64) or 1,
        is_remote=False,
        trace_flags=TraceFlags(TraceFlags.DEFAULT),
    )
    return trace.set_span_in_context(NonRecordingSpan(ids))
