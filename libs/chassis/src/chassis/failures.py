"""What an exception means to the caller of the API."""

from collections.abc import Awaitable, Callable
from typing import cast

import structlog
from asyncpg.exceptions import DataError as UnfitValue  # pyright: ignore[reportMissingTypeStubs]
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from messaging.failures import InfrastructureDown, is_conflict, is_outage, sqlstate
from messaging.transport import Unanswered
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from chassis.problem import Problem
from chassis.validation import MALFORMED, validation_problem

_CODES = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED", 401: "TOKEN_INVALID", 403: "FORBIDDEN"}
_TAKES_TOO_LONG = "57014"

_log = structlog.get_logger("chassis.http")


def problem_of(error: Exception) -> Problem:
    """Give the problem to answer with; what is a fault of ours is logged."""
    match error:
        case Problem():
            return error
        case RequestValidationError():
            return validation_problem(error)
        case HTTPException():
            return _of_framework(error)
        case Unanswered():
            detail = f"the {error.service} service did not answer in time"
            headers = {"Retry-After": "2"}
            return Problem(503, "SERVICE_UNANSWERED", detail, (), headers, service=error.service)
        case _:
            return _of_database(error) or _ours(error)


def _of_framework(error: HTTPException) -> Problem:
    if error.status_code == 400 and error.detail == "There was an error parsing the body":
        return Problem(400, "MALFORMED_JSON", MALFORMED)
    details = {
        404: "there is nothing at this address",
        405: "this address does not know the method",
    }
    code = _CODES.get(error.status_code, f"HTTP_{error.status_code}")
    detail = details.get(error.status_code, str(error.detail))
    return Problem(error.status_code, code, detail, headers=error.headers)


def _of_database(error: Exception) -> Problem | None:
    if is_conflict(error):
        detail = "somebody else is changing the same; send the request again"
        return _later(409, "BUSY", detail, 1)
    state = sqlstate(error) or ""
    if state.startswith("22") or isinstance(_driver_error(error), UnfitValue):
        return Problem(422, "VALUE_NOT_STORABLE", "a value is too large or not storable")
    if state == "23505":
        return Problem(409, "ALREADY_EXISTS", "there is one like this already")
    if state == _TAKES_TOO_LONG:
        return _later(503, "TOO_SLOW", "this took too long and was given up", 5)
    if isinstance(error, InfrastructureDown) or is_outage(error):
        _log.warning("not available", error=repr(error))
        return _later(503, "UNAVAILABLE", "the service cannot reach its database just now", 5)
    return None


def _driver_error(error: Exception) -> BaseException | None:
    """Give asyncpg's own error; ``messaging.direct`` lets it through as it is."""
    if not isinstance(error, DBAPIError):
        return error
    return error.orig.__cause__ if error.orig is not None else None


def _ours(error: Exception) -> Problem:
    _log.error("request failed", exc_info=error)
    return Problem(500, "INTERNAL", "this is a fault of the service; the trace id finds its cause")


def _later(status: int, code: str, detail: str, seconds: int) -> Problem:
    return Problem(status, code, detail, headers={"Retry-After": str(seconds)})


async def _answer(_request: Request, error: Exception) -> Response:
    return problem_of(error).response()


def install_problem_handlers(app: FastAPI) -> None:
    """Answer every refused request with a problem.

    What no handler expects passes through to ``chassis.edge.Edge``, which answers it likewise.
    """
    handler = cast("Callable[[Request, Exception], Awaitable[Response]]", _answer)
    for kind in (RequestValidationError, HTTPException, Unanswered, DBAPIError):
        app.add_exception_handler(kind, handler)
