"""The outermost layer of every API: trace ids, the body's guard, and an answer whatever happens.

One plain ASGI layer does all of it, since each layer costs every request.
"""

import time

import structlog
from contracts.card_numbers import surely_holds_card_number
from opentelemetry import context, trace
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.bodies import GuardedBody, too_large
from chassis.failures import problem_of
from chassis.problem import FieldError, Problem
from chassis.requested import refuse_card_numbers
from chassis.telemetry import server_context

_log = structlog.get_logger("chassis.http")


class Edge:
    """Wraps an application.

    Every response has the header ``Trace-Id``. What the application raises is answered with a
    problem, unless its response has begun.
    """

    def __init__(self, app: ASGIApp, *, body_limit: int, access_log: bool = False) -> None:
        self._app = app
        self._body_limit = body_limit
        self._access_log = access_log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict[bytes, bytes](scope["headers"])
        started = server_context(headers.get(b"traceparent"))
        token = context.attach(started) if started is not None else None
        try:
            await self._serve(scope, headers, receive, send)
        finally:
            if token is not None:
                context.detach(token)

    async def _serve(
        self, scope: Scope, headers: dict[bytes, bytes], receive: Receive, send: Send
    ) -> None:
        began, status = time.perf_counter(), 0
        trace_id = f"{trace.get_current_span().get_span_context().trace_id:032x}".encode()

        async def traced(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"trace-id", trace_id)]
            await send(message)

        try:
            await self._app(scope, self._guarded(scope, headers, receive), traced)
        except Exception as error:
            if status:
                _log.exception("response broke off", path=_without_secret(scope))
                raise
            await problem_of(error).response()(scope, receive, traced)
        finally:
            if self._access_log:
                spent = round((time.perf_counter() - began) * 1000, 1)
                path = _without_secret(scope)
                _log.info("request", method=scope["method"], path=path, status=status, ms=spent)

    def _guarded(self, scope: Scope, headers: dict[bytes, bytes], receive: Receive) -> Receive:
        if b"%00" in scope.get("query_string", b"") or "\0" in scope["path"]:
            detail = "the address holds a NUL character"
            wrong = FieldError(None, "NUL_CHARACTER", detail, parameter="query")
            raise Problem(422, "INVALID_REQUEST", detail, [wrong])
        refuse_card_numbers(scope, headers)
        length = headers.get(b"content-length")
        if length is None and b"transfer-encoding" not in headers:
            return receive
        if length is not None and length.isdigit() and int(length[:20]) > self._body_limit:
            raise too_large(self._body_limit)
        return GuardedBody(receive, self._body_limit)


def _without_secret(scope: Scope) -> str:
    """Give the path for the log; a token in it lets in whoever reads it, a card number pays."""
    if surely_holds_card_number(scope["path"]):
        return "..."
    token = scope.get("path_params", {}).get("token")
    return scope["path"].replace(token, "...") if token else scope["path"]
