"""What a worker tells Prometheus: the figures to alert on (design: oldest outbox row first)."""

import asyncio
from collections.abc import Iterator
from dataclasses import asdict

from messaging.figures import read_figures
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from starlette.responses import Response
from typing_extensions import override

from chassis.runtime import Runtime

_PATIENCE = 5.0
"""Seconds the database may take; a scrape that fails is itself the alarm."""

_HELP = {
    "outbox_rows": "Messages that the broker has not confirmed (counted up to 10,000).",
    "outbox_oldest_seconds": "How long the first message that may leave has waited.",
    "parked_rows": "Messages that wait for an operator (counted up to 10,000).",
    "sagas_open": "Processes under way (counted up to 10,000).",
    "sagas_attention": "Processes that wait for an operator.",
    "timers_late_seconds": "By how much the most overdue timer is late.",
    "broker_connected": "1 when messages can flow, else 0.",
}


class _Figures(Collector):
    def __init__(self, service: str, figures: dict[str, float]) -> None:
        self._service, self._figures = service, figures

    @override
    def collect(self) -> Iterator[GaugeMetricFamily]:
        for name, help_ in _HELP.items():
            family = GaugeMetricFamily(f"tradecounter_{name}", help_, labels=["service"])
            family.add_metric([self._service], self._figures[name])
            yield family


async def metrics(runtime: Runtime) -> Response:
    """Answer a scrape, in Prometheus' text format.

    Raises:
        TimeoutError: The database does not answer.
    """
    async with asyncio.timeout(_PATIENCE), runtime.databases.reading() as session:
        figures = asdict(await read_figures(session, runtime.tables))
    figures["broker_connected"] = float(runtime.transport.ready is None)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(runtime.service.name, figures))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
