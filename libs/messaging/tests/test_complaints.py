"""An outage of an hour fills no log, and is not forgotten either."""

from messaging.complaints import AGAIN_AFTER, Complaints


def test_the_same_complaint_is_made_once_a_minute() -> None:
    seconds = 0.0
    complaints = Complaints(lambda: seconds)
    made = list[float]()

    for _ in range(150):
        if complaints.is_due("connection refused"):
            made.append(seconds)
        seconds += 1

    assert made == [0, AGAIN_AFTER, 2 * AGAIN_AFTER]


def test_another_reason_is_told_at_once() -> None:
    complaints = Complaints(lambda: 0)
    assert complaints.is_due("connection refused")
    assert complaints.is_due("access refused")
    assert not complaints.is_due("access refused")


def test_what_comes_back_after_it_had_worked_is_told_at_once() -> None:
    complaints = Complaints(lambda: 0)
    assert not complaints.settle()
    assert complaints.is_due("connection refused")
    assert complaints.settle()
    assert complaints.is_due("connection refused")
