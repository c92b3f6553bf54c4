"""Liveness and readiness, of the API and of the worker."""

import asyncio

from sqlalchemy import text
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from chassis.metrics import metrics
from chassis.problem import Problem
from chassis.runtime import Runtime

_PATIENCE = 2.0
"""Seconds the database may take to answer."""


async def not_ready(runtime: Runtime, *, with_broker: bool) -> dict[str, str]:
    """Say what keeps this process from working, by part; empty when it is ready.

    Args:
        runtime: What the process runs on.
        with_broker: Whether it needs the broker: a worker does; an API goes on without it, since
            messages wait in the outbox.
    """
    if runtime.stopping.is_set():
        return {"process": "stopping"}
    missing: dict[str, str] = {}
    if with_broker and (reason := runtime.transport.ready) is not None:
        missing["broker"] = reason
    try:
        async with asyncio.timeout(_PATIENCE), runtime.databases.reading() as session:
            await session.execute(text("SELECT 1"))
    except TimeoutError:
        missing["database"] = f"no answer within {_PATIENCE:g} s"
    except Exception as error:  # noqa: BLE001 - whatever it is, the database does not serve us
        missing["database"] = _told(error)
    return missing


def _told(error: Exception) -> str:
    """Give the database's own words, which name no secret."""
    reason = getattr(error, "orig", None) or error
    return str(reason.__cause__ or reason) or type(reason).__name__


def live() -> Response:
    """Answer that the process runs."""
    return JSONResponse({"status": "alive"})


async def ready(runtime: Runtime, *, with_broker: bool) -> Response:
    """Answer 200 when the process can work, else 503 with what is missing."""
    missing = await not_ready(runtime, with_broker=with_broker)
    if missing:
        detail = "; ".join(f"{part}: {reason}" for part, reason in missing.items())
        return Problem(503, "NOT_READY", detail, missing=missing).response()
    parts = {"database": "up", "broker": runtime.transport.ready or "up"}
    return JSONResponse({"status": "ready", **parts})


def health_app(runtime: Runtime) -> ASGIApp:
    """Give the worker's only pages: ``/livez``, ``/readyz`` and ``/metrics``."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        match scope["path"]:
            case "/livez":
                response = live()
            case "/readyz":
                response = await ready(runtime, with_broker=True)
            case "/metrics":
                response = await metrics(runtime)
            case _:
                response = Problem(404, "NOT_FOUND", "there is nothing at this address").response()
        await response(scope, receive, send)

    return app
