"""What the services' HTTP APIs share: bodies, pages, versions, answers."""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import GenericAlias
from typing import Annotated, Any, Generic, TypeVar

from annotated_types import Ge, Le
from contracts.card_numbers import holds_card_number, surely_holds_card_number
from contracts.values import MAX_UNITS
from fastapi import Depends, Header, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError, from_json, to_json
from starlette.responses import Response

from chassis.idempotency import IdempotencyKey, Once, OnceRunner, idempotency_table
from chassis.problem import FieldError, Problem

__all__ = [
    "NO_CARD",
    "Body",
    "FreeText",
    "IdempotencyKey",
    "IfMatch",
    "Once",
    "OnceRunner",
    "Page",
    "PageQuery",
    "Paged",
    "Stale",
    "Units",
    "answer",
    "cursor_decode",
    "cursor_encode",
    "etag",
    "idempotency_table",
    "if_match",
    "page_of",
    "page_query",
]

T = TypeVar("T")
MAX_PAGE = 200
DEFAULT_PAGE = 50


class Body(BaseModel):
    """Base of what a request may hold: unknown fields are refused, as are NaN and infinity."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def _free_text(value: str) -> str:
    if holds_card_number(value):
        raise PydanticCustomError("card_number_refused", "the text looks like a card number")
    return value


FreeText = Annotated[str, AfterValidator(_free_text)]
"""Text that people type; what looks like a card number is refused (``CARD_NUMBER_REFUSED``)."""


def _naming(value: str) -> str:
    if surely_holds_card_number(value):
        raise PydanticCustomError("card_number_refused", "the text looks like a card number")
    return value


NO_CARD = AfterValidator(_naming)
"""For codes, SKUs and barcodes: what surely is a card number is refused; a barcode is none."""


def _units(value: int) -> int:
    if not 1 <= value <= MAX_UNITS:
        message = "the quantity must be between 1 and {most}"
        raise PydanticCustomError("quantity_out_of_range", message, {"most": MAX_UNITS})
    return value


Units = Annotated[int, AfterValidator(_units)]
"""A quantity in a request: 1 to ``MAX_UNITS``, else ``QUANTITY_OUT_OF_RANGE``."""


class Page(BaseModel, Generic[T]):
    """A part of a list, in the order of its key.

    Attributes:
        next: Give it as ``after`` to get what follows; none at the end.
    """

    items: list[T]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class PageQuery:
    """Which part of a list is wanted.

    Attributes:
        after: The cursor after which it begins; none for the beginning.
        limit: Items at most, 1 to 200.
    """

    after: str | None = None
    limit: int = DEFAULT_PAGE

    def key(self, *kinds: object) -> tuple[Any, ...] | None:
        """Give the key that the cursor stands for, of these types; none for the beginning.

        Raises:
            Problem: 422 ``INVALID_CURSOR``.
        """
        return None if self.after is None else cursor_decode(self.after, *kinds)


async def page_query(
    after: Annotated[str | None, Query(description="Cursor: `next` of the page before.")] = None,
    limit: Annotated[int, Query(description="Items at most."), Ge(1), Le(MAX_PAGE)] = DEFAULT_PAGE,
) -> PageQuery:
    """Read ``?after=...&limit=...``."""
    return PageQuery(after, limit)


Paged = Annotated[PageQuery, Depends(page_query)]
"""The part of a list that a request wants."""


def page_of(rows: Sequence[T], limit: int, key: Callable[[T], tuple[object, ...]]) -> Page[T]:
    """Make a page of at most ``limit`` rows from a query that asked for ``limit + 1``."""
    if len(rows) <= limit:
        return Page(items=list(rows))
    items = list(rows[:limit])
    return Page(items=items, next=cursor_encode(*key(items[-1])))


def cursor_encode(*key: object) -> str:
    """Give the opaque cursor of a key."""
    return base64.urlsafe_b64encode(to_json(key)).rstrip(b"=").decode()


@lru_cache
def _key_type(kinds: tuple[Any, ...]) -> TypeAdapter[tuple[Any, ...]]:
    made: Any = GenericAlias(tuple, kinds)
    return TypeAdapter(made)


def cursor_decode(cursor: str, *kinds: object) -> tuple[Any, ...]:
    """Give the key of a cursor, its parts of these types: ``cursor_decode(after, str, UUID)``.

    Raises:
        Problem: 422 ``INVALID_CURSOR``.
    """
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        key = _key_type(kinds).validate_python(from_json(raw))
        if any(isinstance(part, str) and "\0" in part for part in key):
            raise ValueError("NUL")  # noqa: TRY301 - refused like every other cursor
    except (ValidationError, ValueError, binascii.Error, RecursionError) as error:
        detail = "the cursor is not one of this list's"
        wrong = FieldError(None, "INVALID_CURSOR", detail, parameter="query: after")
        raise Problem(422, "INVALID_CURSOR", detail, [wrong]) from error
    return key


def etag(version: int) -> str:
    """Give the entity tag of a version."""
    return f'"{version}"'


async def if_match(
    if_match: Annotated[str | None, Header(description='Version that is changed, `"3"`.')] = None,
) -> int | None:
    """Give the version that the caller means to change; none when they do not say.

    Raises:
        Problem: 422 ``INVALID_ETAG``.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    digits = if_match.strip().removeprefix("W/").strip('"')
    if not (digits.isascii() and digits.isdigit() and len(digits) < 19):
        detail = 'If-Match must be one entity tag of this resource, as "3"'
        wrong = FieldError(None, "INVALID_ETAG", detail, parameter="header: If-Match")
        raise Problem(422, "INVALID_ETAG", detail, [wrong])
    return int(digits)


IfMatch = Annotated[int | None, Depends(if_match)]
"""The version that the caller means to change."""


class Stale(Problem):
    """What the caller means to change was changed by someone else: 412 with the current state."""

    def __init__(self, current: BaseModel, version: int) -> None:
        super().__init__(
            412,
            "STALE",
            "this was changed in the meantime; look at its current state and try again",
            headers={"ETag": etag(version)},
            current=current.model_dump(mode="json"),
        )


def answer(
    body: BaseModel, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Answer with a model as JSON; FastAPI does not look at it again."""
    return Response(
        body.__pydantic_serializer__.to_json(body),
        status,
        dict(headers) if headers else None,
        media_type="application/json",
    )
