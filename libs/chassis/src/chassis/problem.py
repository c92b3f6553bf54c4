"""A problem: an answer that is not what was asked for, as RFC 9457 puts it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.message import Refusal
from opentelemetry import trace
from pydantic import BaseModel, ConfigDict
from pydantic_core import to_json
from starlette.exceptions import HTTPException
from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: "Malformed request",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    406: "Not acceptable",
    409: "Conflict",
    412: "Changed in the meantime",
    413: "Too large",
    415: "Unsupported media type",
    422: "Not acceptable as it is",
    428: "Condition required",
    429: "Too many requests",
    500: "Fault of this service",
    503: "Not available just now",
}


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field or parameter.

    Attributes:
        pointer: JSON pointer into the request body, ``/lines/0/units``; empty for the body itself.
            None when a parameter is meant.
        code: Why, as an upper-case name that programs can rely on.
        detail: Why, as a sentence for people.
        parameter: Which parameter is meant: ``query: limit``, ``path: order_id``,
            ``header: If-Match``.
    """

    pointer: str | None
    code: str
    detail: str
    parameter: str | None = None


class Problem(HTTPException):
    """An answer that is not what was asked for; raise it anywhere in a request.

    Attributes:
        code: Why, as an upper-case name that programs can rely on.
        errors: The fields at fault, if any are.
        extensions: Further members of the document; their values must be fit for JSON.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        **extensions: object,
    ) -> None:
        super().__init__(status, detail, dict(headers) if headers else None)
        self.code = code
        self.errors = tuple(errors)
        self.extensions = extensions

    @property
    def status(self) -> int:
        """Give the HTTP status."""
        return self.status_code

    def document(self) -> dict[str, Any]:
        """Give the JSON document."""
        document: dict[str, Any] = {
            "type": f"urn:tradecounter:problem:{self.code.lower().replace('_', '-')}",
            "title": TITLES.get(self.status_code, "Error"),
            "status": self.status_code,
            "detail": self.detail,
            "code": self.code,
        }
        if self.errors:
            document["errors"] = [_member(error) for error in self.errors]
        if trace_id := current_trace_id():
            document["trace_id"] = trace_id
        return document | self.extensions

    def response(self) -> Response:
        """Give the HTTP response."""
        body = to_json(self.document(), inf_nan_mode="null")
        return Response(body, self.status_code, self.headers, media_type=MEDIA_TYPE)


def _member(error: FieldError) -> dict[str, str]:
    where = (
        {"pointer": error.pointer}
        if error.pointer is not None
        else {"parameter": error.parameter or ""}
    )
    return {**where, "detail": error.detail, "code": error.code}


class FieldErrorDocument(BaseModel):
    """One field or parameter at fault: either ``pointer`` or ``parameter`` is there."""

    pointer: str | None = None
    parameter: str | None = None
    detail: str
    code: str


class ProblemDocument(BaseModel):
    """A problem as it stands in the API description."""

    model_config = ConfigDict(extra="allow", title="Problem")

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldErrorDocument] | None = None
    trace_id: str | None = None


def refused(refusal: Refusal, *, status: int = 422, errors: Sequence[FieldError] = ()) -> Problem:
    """Give the problem that tells of a refusal; what the refusal knows besides goes along."""
    facts = refusal.model_dump(mode="json", exclude={"code", "detail"}, exclude_none=True)
    clear = {
        name: value for name, value in facts.items() if name not in ProblemDocument.model_fields
    }
    return Problem(status, refusal.code, refusal.detail, errors, **clear)


def not_found(what: str) -> Problem:
    """Give the problem for a thing that is not there, or is out of the caller's reach."""
    return Problem(404, "NOT_FOUND", f"there is no such {what}")


def current_trace_id() -> str | None:
    """Give the id of the running trace, 32 hexadecimal digits."""
    context = trace.get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else None
