"""One trace leads from a request through every message that comes of it."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from secrets import token_hex

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from typing_extensions import override

from tests.system.running import System, free_port

pytestmark = [pytest.mark.timeout(180), pytest.mark.postgres]

HANDLED = {
    "customers.verify-customer.v1": "process customers.commands",
    "customers.customer-verified.v1": "process orders.saga.replies",
    "catalog.reserve-stock.v1": "process catalog.commands",
    "catalog.stock-reserved.v1": "process orders.saga.replies",
    "payments.authorise-payment.v1": "process payments.commands",
    "payments.payment-authorised.v1": "process orders.saga.replies",
    "catalog.allocate-stock.v1": "process catalog.commands",
    "catalog.stock-allocated.v1": "process orders.saga.replies",
    "payments.capture-payment.v1": "process payments.commands",
    "payments.payment-captured.v1": "process orders.saga.replies",
}
"""The messages of one submission, and the queue in which each was handled."""


@contextmanager
def collector() -> Generator[tuple[str, list[Span]]]:
    """Take spans as an OpenTelemetry collector does; gives its address, and what it got."""
    got: list[Span] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            request = ExportTraceServiceRequest.FromString(body)
            for resource in request.resource_spans:
                for scope in resource.scope_spans:
                    got.extend(scope.spans)
            self.send_response(200)
            self.end_headers()

        @override
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", free_port()), Collector) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", got
        finally:
            server.shutdown()
            thread.join()


def test_one_trace_leads_from_the_request_through_every_message(tmp_path: Path) -> None:
    trace_id, caller = token_hex(16), token_hex(8)
    with collector() as (address, spans):
        settings = {"TRADECOUNTER_OTLP_ENDPOINT": address}
        system = System(tmp_path / "data", environment=settings).start()
        client = system.client()
        customer = client.demo_customer()
        client.http.headers["traceparent"] = f"00-{trace_id}-{caller}-01"
        order = client.order(customer_id=customer, payments=[{"method": "card", "token": "tok_ok"}])
        del client.http.headers["traceparent"]
        assert client.settled(order["id"])["state"] == "submitted"
        assert system.stop() == 0

    mine = [span for span in spans if span.trace_id.hex() == trace_id]
    assert HANDLED.items() <= {kind_of(span): span.name for span in mine}.items()
    assert {span.parent_span_id.hex() for span in mine} <= {
        caller,
        *(span.span_id.hex() for span in mine),
    }
    sent = {link.span_id for span in spans if span.name.startswith("send") for link in span.links}
    assert sent
    assert sent <= {span.span_id for span in mine}


def kind_of(span: Span) -> str:
    """Give the type of the message that a span is about."""
    found = {one.key: one.value.string_value for one in span.attributes}
    return found.get("messaging.message.type", "")
