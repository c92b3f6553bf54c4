"""One ASGI application that leads each request to its service."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from joserfc.jwk import KeySet
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

Ready = Callable[[], Awaitable[Mapping[str, str]]]
"""Gives what is not ready, by name with the reason; empty: everything is up."""


@dataclass(frozen=True, slots=True)
class FrontDoor:
    """Leads ``/api/<service>/...`` to that service's application; the rest is answered here.

    The pages on which customers check their orders out, ``/checkout/...``, are the orders'; those
    of the test gateway's bank, ``/test-bank/...``, the payments'.

    Attributes:
        services: The application of each service, by name.
        pages: What answers everything else.
    """

    services: Mapping[str, ASGIApp]
    pages: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lead one request."""
        if scope["type"] == "http":
            await self._leads_to(scope["path"])(scope, receive, send)
        else:
            await self.pages(scope, receive, send)

    def _leads_to(self, path: str) -> ASGIApp:
        match path.split("/", 3):
            case ["", "api", service, *_]:
                return self.services.get(service, self.pages)
            case ["", "checkout", _, *_]:
                return self.services.get("orders", self.pages)
            case ["", "test-bank", _, *_]:
                return self.services.get("payments", self.pages)
            case _:
                return self.pages


def front_door(services: Mapping[str, ASGIApp], keys: KeySet, ready: Ready) -> FrontDoor:
    """Build the front door; ``keys`` are the public ones of the demo issuer."""
    return FrontDoor(services, _pages(keys, ready))


def _pages(keys: KeySet, ready: Ready) -> Starlette:
    page = resources.files("tradecounter.front").joinpath("start.html").read_text()

    async def start(_: Request) -> Response:
        policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'"
        return HTMLResponse(page, headers={"Content-Security-Policy": policy})

    async def livez(_: Request) -> Response:
        return JSONResponse({"status": "live"})

    async def readyz(_: Request) -> Response:
        missing = dict(await ready())
        return JSONResponse(
            {"status": "ready"} if not missing else {"status": "not ready", "missing": missing},
            status_code=503 if missing else 200,
        )

    async def jwks(_: Request) -> Response:
        return JSONResponse(keys.as_dict(private=False))

    routes = [
        Route("/", start),
        Route("/livez", livez),
        Route("/readyz", readyz),
        Route("/.well-known/jwks.json", jwks),
    ]
    return Starlette(routes=routes, exception_handlers={404: _not_found, 405: _not_found})


async def _not_found(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 404)
    problem: dict[str, Any] = {
        "type": "urn:tradecounter:problem:not-found",
        "title": "Not found" if status == 404 else "Method not allowed",
        "status": status,
        "code": "NOT_FOUND" if status == 404 else "METHOD_NOT_ALLOWED",
        "detail": f"{request.method} {request.url.path} leads nowhere; the APIs are under /api/",
    }
    return JSONResponse(problem, status_code=status, media_type="application/problem+json")
