"""Guards the request's body: its size, and text that PostgreSQL cannot keep."""

import json
import re
from collections.abc import Iterator
from typing import Any, cast

from starlette.types import Message, Receive

from chassis.problem import FieldError, Problem

_SUSPECT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
"""An escaped NUL, or half of a surrogate pair; whether it really is one only parsing tells."""


def too_large(limit: int) -> Problem:
    """Give the problem for a body over ``limit`` bytes."""
    detail = f"the body has more than {limit} bytes"
    return Problem(413, "BODY_TOO_LARGE", detail, headers={"Connection": "close"}, limit=limit)


class GuardedBody:
    """Receives a body, counting its bytes as they come, whatever its length was said to be."""

    __slots__ = ("_chunks", "_left", "_limit", "_receive")

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._limit = self._left = limit
        self._chunks: list[bytes] = []

    async def __call__(self) -> Message:
        """Give the next message of the request.

        Raises:
            Problem: 413 for a body over the limit; 422 for text that cannot be kept.
        """
        message = await self._receive()
        if message["type"] == "http.request":
            chunk: bytes = message.get("body", b"")
            self._left -= len(chunk)
            if self._left < 0:
                raise too_large(self._limit)
            self._chunks.append(chunk)
            if not message.get("more_body", False):
                _check_text(chunk if len(self._chunks) == 1 else b"".join(self._chunks))
                self._chunks.clear()
        return message


def _check_text(body: bytes) -> None:
    if _SUSPECT.search(body) is None:
        return
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return  # whoever reads it says why it cannot be read
    errors = list(_unkeepable(value))
    if errors:
        raise Problem(422, "INVALID_REQUEST", "the body holds text that cannot be kept", errors)


def _unkeepable(root: object) -> Iterator[FieldError]:
    waiting: list[tuple[str, Any]] = [("", root)]
    while waiting:
        pointer, value = waiting.pop()
        if isinstance(value, str):
            if (error := _text_error(pointer, value)) is not None:
                yield error
        elif isinstance(value, list):
            items = cast("list[object]", value)
            waiting += [(f"{pointer}/{index}", item) for index, item in enumerate(items)]
        elif isinstance(value, dict):
            for name, item in cast("dict[str, object]", value).items():
                if (error := _text_error(pointer, name)) is not None:
                    yield error
                    continue
                waiting.append((f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}", item))


def _text_error(pointer: str, text: str) -> FieldError | None:
    if "\0" in text:
        return FieldError(pointer, "NUL_CHARACTER", "the text holds a NUL character")
    try:
        text.encode()
    except UnicodeEncodeError:
        return FieldError(pointer, "INVALID_TEXT", "the text holds half of a surrogate pair")
    return None
