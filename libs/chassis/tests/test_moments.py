"""Times and days that requests may name."""

from datetime import UTC, date, datetime

import pytest
from chassis.moments import Day, Moment
from pydantic import TypeAdapter, ValidationError

MOMENT = TypeAdapter[datetime](Moment)
DAY = TypeAdapter[date](Day)


def test_a_time_is_given_on_as_utc() -> None:
    """IN-13: with its zone."""
    told = MOMENT.validate_python("2026-11-21T01:00:00+02:00")
    assert told == datetime(2026, 11, 20, 23, tzinfo=UTC)
    assert told.tzinfo is UTC
    assert DAY.validate_python("2026-11-21") == date(2026, 11, 21)


@pytest.mark.parametrize(
    "value",
    [
        "9999-12-31T23:59:59-12:00",
        "0001-01-01T00:00:00+12:00",
        "1969-12-31T23:59:59Z",
        "9000-01-01T00:00:00Z",
        "2026-11-21T01:00:00",
        "2026-02-30T01:00:00Z",
        "1793538000",
        1793538000,
        None,
        "tomorrow",
    ],
)
def test_what_no_database_or_calendar_knows_is_refused(value: object) -> None:
    """CP-7: the end of a voucher, whatever is sent, is a clear problem."""
    with pytest.raises(ValidationError):
        MOMENT.validate_python(value)


@pytest.mark.parametrize("value", ["0001-01-01", "9000-01-01", "2026-02-30", 20261121, "20261121"])
def test_a_day_is_one_of_the_calendar(value: object) -> None:
    """IN-5: of a receipt that is due."""
    with pytest.raises(ValidationError, match=r"year|day"):
        DAY.validate_python(value)
