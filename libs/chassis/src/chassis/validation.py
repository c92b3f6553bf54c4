"""Says which fields of a request are wrong, in words that programs and people can use."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from contracts.card_numbers import holds_card_number
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from chassis.problem import FieldError, Problem

MALFORMED = (
    "the body is not JSON that can be read: not UTF-8, nested too deeply, or a number too long"
)
_CODES = {
    "missing": "FIELD_REQUIRED",
    "extra_forbidden": "UNKNOWN_FIELD",
    "greater_than": "OUT_OF_RANGE",
    "greater_than_equal": "OUT_OF_RANGE",
    "less_than": "OUT_OF_RANGE",
    "less_than_equal": "OUT_OF_RANGE",
    "finite_number": "OUT_OF_RANGE",
    "int_parsing_size": "OUT_OF_RANGE",
    "int_from_float": "WRONG_TYPE",
    "string_too_short": "TOO_SHORT",
    "string_too_long": "TOO_LONG",
    "string_pattern_mismatch": "WRONG_FORM",
    "string_unicode": "INVALID_TEXT",
    "enum": "NOT_ONE_OF",
    "literal_error": "NOT_ONE_OF",
    "union_tag_invalid": "NOT_ONE_OF",
    "union_tag_not_found": "FIELD_REQUIRED",
}
_CARD = "the text looks like a card number"
"""In the place of a sentence that would repeat one (PA-2)."""
_TYPE_ENDINGS = ("_type", "_parsing", "_from_date_parsing", "_inexact")
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def validation_problem(error: RequestValidationError) -> Problem:
    """Give the problem that names every field at fault."""
    found = cast("Sequence[Mapping[str, Any]]", error.errors())
    first = found[0]
    if first["type"] == "json_invalid":
        reason = first.get("ctx", {}).get("error", "cannot be read")
        detail = f"the body is not JSON: {reason}, at character {first['loc'][-1]}"
        return Problem(400, "MALFORMED_JSON", detail)
    if isinstance(error.body, bytes) and tuple(first["loc"]) == ("body",):
        return Problem(415, "UNSUPPORTED_MEDIA_TYPE", "send JSON: 'Content-Type: application/json'")
    errors = [_field_error(one, error.body) for one in found]
    where = ", ".join(dict.fromkeys(e.pointer or e.parameter or "the body" for e in errors))
    return Problem(422, "INVALID_REQUEST", f"not acceptable: {where}", errors)


def field_errors(error: ValidationError, document: object) -> list[FieldError]:
    """Give what is wrong with a document that stands in a request; pointers are within it."""
    found = error.errors(include_url=False, include_input=False)
    return [
        FieldError(_pointer(list(one["loc"]), document), _code(one), _sentence(one))
        for one in cast("Sequence[Mapping[str, Any]]", found)
    ]


def _field_error(error: Mapping[str, Any], body: object) -> FieldError:
    place, *path = cast("Sequence[str | int]", error["loc"])
    code, detail = _code(error), _sentence(error)
    if place == "body":
        return FieldError(_pointer(path, body), code, detail)
    name = ".".join(str(part) for part in path)
    name = name.title() if place == "header" else name
    return FieldError(None, code, detail, parameter=f"{place}: {name}")


def _sentence(error: Mapping[str, Any]) -> str:
    sentence = str(error["msg"]).removeprefix("Value error, ")
    return _CARD if holds_card_number(sentence) else sentence


def _code(error: Mapping[str, Any]) -> str:
    if holds_card_number(str(error["msg"])):
        return "CARD_NUMBER_REFUSED"
    kind = str(error["type"])
    cause = error.get("ctx", {}).get("error")
    if kind in {"value_error", "assertion_error"}:
        name = type(cause).__name__
        return "INVALID_VALUE" if name in {"ValueError", "AssertionError"} else _upper(name)
    if kind not in _CODES and kind.endswith(_TYPE_ENDINGS):
        return "WRONG_TYPE"
    return _CODES.get(kind, kind.upper())


def _upper(name: str) -> str:
    return _WORD.sub("_", name).upper()


def _pointer(path: Sequence[str | int], body: object) -> str:
    """Give the JSON pointer of an error's place.

    Pydantic's place also names the branch of a union, which is not in the body: such parts are
    left out, unless it is the last, which names a missing field.
    """
    parts: list[str] = []
    at = body
    for depth, part in enumerate(path):
        if isinstance(at, dict):
            fields = cast("dict[object, object]", at)
            if part not in fields and depth < len(path) - 1:
                continue
            at = fields.get(part)
        elif isinstance(at, list) and isinstance(part, int):
            items = cast("list[object]", at)
            at = items[part] if part < len(items) else None
        else:
            continue
        parts.append(str(part).replace("~", "~0").replace("/", "~1"))
    return "".join(f"/{part}" for part in parts)
