"""Leads requests on to a service behind an address of its own, streaming both ways."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx2
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

_HOP_BY_HOP = {
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}


@dataclass(frozen=True, slots=True)
class Proxy:
    """An ASGI application that answers with what another address answers.

    Attributes:
        base: ``http://host:port``, without a path.
    """

    base: str
    client: httpx2.AsyncClient

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lead one request on."""
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        query = f"?{request.url.query}" if request.url.query else ""
        # As it was sent: a code with an escaped slash or question mark must stay one part of it.
        path = request.scope["raw_path"].decode("ascii")
        onward = self.client.build_request(
            request.method,
            f"{self.base}{path}{query}",
            headers=[(k, v) for k, v in request.headers.items() if k not in _HOP_BY_HOP],
            content=request.stream(),
        )
        try:
            answer = await self.client.send(onward, stream=True)
        except httpx2.TransportError as error:
            return _unavailable(str(error) or type(error).__name__)
        kept = {k: v for k, v in answer.headers.items() if k.lower() not in _HOP_BY_HOP}
        return StreamingResponse(_body(answer), status_code=answer.status_code, headers=kept)


async def _body(answer: httpx2.Response) -> AsyncIterator[bytes]:
    try:
        async for chunk in answer.aiter_raw():
            yield chunk
    finally:
        await answer.aclose()


def _unavailable(reason: str) -> Response:
    return JSONResponse(
        {
            "type": "urn:tradecounter:problem:service-unavailable",
            "title": "Service unavailable",
            "status": 503,
            "code": "SERVICE_UNAVAILABLE",
            "detail": f"the service does not answer: {reason}",
        },
        status_code=503,
        headers={"Retry-After": "2"},
        media_type="application/problem+json",
    )
