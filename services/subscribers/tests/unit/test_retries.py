"""EV-3: how often, and how long apart."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from subscribers.domain.retries import SCHEDULE, Retries

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def test_an_event_is_tried_ten_times_over_three_days() -> None:
    rests = [Retries().rest_after(attempt, 0.0) for attempt in range(1, 11)]
    assert rests == [*SCHEDULE, None]
    assert timedelta(days=3) < sum(SCHEDULE, timedelta()) < timedelta(days=4)


@given(attempt=st.integers(1, 9), jitter=st.floats(0, 1), asked=st.timedeltas(timedelta(0)))
def test_a_rest_is_never_shorter_than_its_place_in_the_schedule_nor_endless(
    attempt: int, jitter: float, asked: timedelta
) -> None:
    rest = Retries().rest_after(attempt, jitter, asked)
    assert rest is not None
    assert SCHEDULE[attempt - 1] <= rest <= max(SCHEDULE) * 1.1


def test_an_endpoint_is_given_up_after_five_days_without_a_success() -> None:
    assert not Retries().gives_up(NOW - timedelta(days=4, hours=23), NOW)
    assert Retries().gives_up(NOW - timedelta(days=5), NOW)
