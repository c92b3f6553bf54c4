"""A Stripe that says no: a server of ours in front of a localstripe, which itself refuses nothing.

What it refuses it answers as Stripe documents its errors (docs.stripe.com/api/errors and
/error-codes) and its refunds that a bank sends back (docs.stripe.com/refunds#failed-refunds).
Everything else localstripe answers.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
from chassis.serving import listen, serving
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

Said = tuple[int, dict[str, Any]]
"""Status and body of an answer."""
DISPUTED: Said = (
    400,
    {
        "error": {
            "type": "invalid_request_error",
            "code": "charge_disputed",
            "message": "The charge has been charged back and cannot be refunded.",
        }
    },
)
NOT_TO_BE_CANCELLED: Said = (
    400,
    {
        "error": {
            "type": "invalid_request_error",
            "code": "payment_intent_unexpected_state",
            "message": "This PaymentIntent cannot be canceled by you.",
        }
    },
)
SENT_BACK: Said = (
    200,
    {
        "id": "re_1",
        "object": "refund",
        "status": "failed",
        "failure_reason": "expired_or_canceled_card",
        "amount": 1250,
        "metadata": {},
    },
)
BUSY: Said = (
    429,
    {"error": {"type": "invalid_request_error", "code": "lock_timeout", "message": "busy"}},
)


@dataclass
class Refusing:
    """Answers requests whose path ends so itself.

    Attributes:
        stripe: Address of the localstripe.
        says: Status and body by the end of the path, for POST.
        heard: Paths that it answered itself.
    """

    stripe: str
    url: str = ""
    says: dict[str, Said] = field(default_factory=dict[str, Said])
    heard: list[str] = field(default_factory=list[str])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        answer = await self._answer(request)
        await answer(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        for end, (status, body) in self.says.items():
            if request.method == "POST" and request.url.path.endswith(end):
                self.heard.append(request.url.path)
                return JSONResponse(body, status)
        passed = {"authorization", "content-type", "idempotency-key"}
        async with httpx2.AsyncClient() as client:
            answer = await client.request(
                request.method,
                f"{self.stripe}{request.url.path}",
                params=dict(request.query_params),
                content=await request.body(),
                headers={k: v for k, v in request.headers.items() if k in passed},
            )
        return Response(answer.content, answer.status_code, media_type="application/json")


@asynccontextmanager
async def refusing(stripe: str) -> AsyncGenerator[Refusing]:
    server, listening = Refusing(stripe), listen("127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    async with serving(server, listening, grace=1):
        yield server
