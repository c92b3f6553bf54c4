"""Times and days in requests: written as text, and such as every database and calendar knows."""

from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BeforeValidator
from pydantic_core import PydanticCustomError

FIRST_YEAR, END_YEAR = 1970, 9000
"""The years that a request may name, the last one not included."""


def _is_written(value: object) -> bool:
    """Tell whether it is a text, and not the seconds since 1970."""
    return isinstance(value, str) and "-" in value[1:]


def _text(value: object) -> object:
    if not _is_written(value):
        raise PydanticCustomError("moment_type", "a time is written as text, with its zone")
    return value


def _day_text(value: object) -> object:
    if not _is_written(value):
        raise PydanticCustomError("moment_type", "a day is written as text: 2026-11-21")
    return value


def _in_time(value: date) -> None:
    if not FIRST_YEAR <= value.year < END_YEAR:
        limits = {"first": FIRST_YEAR, "last": END_YEAR - 1}
        raise PydanticCustomError("out_of_range", "the year must be from {first} to {last}", limits)


def _moment(value: datetime) -> datetime:
    _in_time(value)
    return value.astimezone(UTC)


def _day(value: date) -> date:
    _in_time(value)
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(_text), AfterValidator(_moment)]
"""A time with its zone, given on as UTC."""
Day = Annotated[date, BeforeValidator(_day_text), AfterValidator(_day)]
"""A day, in the zone of whoever looks."""
