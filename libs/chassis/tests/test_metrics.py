"""The figures that tell an operator of trouble first."""

from datetime import timedelta
from uuid import uuid4

import httpx2
from chassis.health import health_app
from chassis.runtime import Runtime
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import func, insert

from libs.chassis.tests.shop import messaging


async def test_nothing_waits_in_a_service_at_rest(runtime: Runtime) -> None:
    figures = await scraped(runtime)

    assert figures.pop("tradecounter_broker_connected") == 1
    assert figures
    assert set(figures.values()) == {0}


async def test_what_waits_is_counted_with_its_age(runtime: Runtime) -> None:
    async with runtime.sessions.begin() as session:
        minute = timedelta(minutes=1)
        message = {"exchange": "evt.notes", "routing_key": "x", "type": "x", "body": b"{}"}
        for age in (2 * minute, minute, -minute):
            row = {"message_id": uuid4(), "available_at": func.now() - age}
            await session.execute(insert(messaging.outbox).values(message | row))
        parked = {"queue": "q", "body": b"", "error_class": "E", "error": "e", "attempts": 1}
        for state in ("parked", "discarded"):
            row = {"id": uuid4(), "state": state}
            await session.execute(insert(messaging.parked).values(parked | row))
        saga: dict[str, object] = {"definition": "d", "status": "running", "version": 1}
        saga |= {"state": dict[str, object](), "data": dict[str, object]()}
        for attention, wake_at in (("stuck", func.now() - minute), (None, func.now() + minute)):
            row = {"id": uuid4(), "subject_id": uuid4(), "attention": attention}
            values = saga | row | {"wake_at": wake_at}
            await session.execute(insert(messaging.saga).values(values))

    figures = await scraped(runtime)

    assert figures["tradecounter_outbox_rows"] == 3
    assert 120 <= figures["tradecounter_outbox_oldest_seconds"] < 180
    assert figures["tradecounter_parked_rows"] == 1
    assert figures["tradecounter_sagas_open"] == 2
    assert figures["tradecounter_sagas_attention"] == 1
    assert 60 <= figures["tradecounter_timers_late_seconds"] < 120


async def scraped(runtime: Runtime) -> dict[str, float]:
    """Scrape the worker's page as Prometheus does; gives the figures of the service."""
    transport = httpx2.ASGITransport(app=health_app(runtime))
    async with httpx2.AsyncClient(transport=transport, base_url="http://worker") as client:
        page = await client.get("/metrics")
    assert page.headers["content-type"].startswith("text/plain")
    return {
        sample.name: sample.value
        for family in text_string_to_metric_families(page.text)
        for sample in family.samples
        if sample.labels == {"service": runtime.service.name}
    }
