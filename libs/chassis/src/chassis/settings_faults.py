"""Says of settings that are missing or malformed which they are, and what they should look like."""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import AfterValidator, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

COMMON_PREFIX = "TRADECOUNTER_"


class WrongSettings(ValueError):
    """Settings are missing or malformed.

    Attributes:
        reasons: One line for each, which begins with the name of the variable. What a setting was
            set to is not repeated: it may be a secret.
        fields: The settings, in the same order.
    """

    def __init__(self, found: Mapping[str, str]) -> None:
        super().__init__("; ".join(found.values()))
        self.reasons = tuple(found.values())
        self.fields = tuple(found)


def like(pattern: str, what: str, example: str) -> AfterValidator:
    """Take text that matches from end to end; others are told ``what`` it must be."""
    fits = re.compile(pattern)

    def check(value: str) -> str:
        if fits.fullmatch(value) is None:
            raise PydanticCustomError(
                "unlike",
                "must be {what}, for example {example}",
                {"what": what, "example": example},
            )
        return value

    return AfterValidator(check)


def variables(service: str, field: str) -> Sequence[str]:
    """List the variables that a setting is looked for in, the first that is set counts."""
    names = (f"{prefix}{field}".upper() for prefix in (f"{service}_", COMMON_PREFIX))
    return [variable for name in names for variable in (name, f"{name}_FILE")]


def wrong(service: str, fields: Mapping[str, FieldInfo], error: ValidationError) -> WrongSettings:
    """Say what is wrong with the settings of a service."""
    found: dict[str, str] = {}
    for one in error.errors(include_input=False, include_url=False):
        field = str(one["loc"][0])
        named = _named(service, field)
        if one["type"] == "missing":
            own, _, common, _ = variables(service, field)
            found[field] = f"{own} (or {common}, or ..._FILE) is not set"
        else:
            found[field] = f"{named}: {one['msg'].removeprefix('Value error, ')}"
        if one["type"] != "unlike":
            found[field] += _example(fields.get(field))
    return WrongSettings(found)


def read_file(field: str, variable: str) -> str:
    """Read a setting from the file that a variable names.

    Raises:
        WrongSettings: It cannot be read.
    """
    path = Path(os.environ[variable])
    try:
        return path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise WrongSettings({field: f"{variable}: {path} cannot be read: {reason}"}) from error


def _named(service: str, field: str) -> str:
    """Give the variable that was read; the service's own when it came from elsewhere."""
    names = variables(service, field)
    return next((name for name in names if os.environ.get(name)), names[0])


def _example(field: FieldInfo | None) -> str:
    if field is None:
        return ""
    examples: Sequence[Any] = field.examples or ([] if field.default is None else [field.default])
    plain = [one for one in examples if isinstance(one, str | int | float) and one != ""]
    return f"; for example {plain[0]}" if plain else ""
