"""Sagas that begin past their pivot, that are superseded, or whose first step is local."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from contracts.catalog.commands import ReleaseStock
from contracts.catalog.replies import StockReleased
from contracts.values import SubmissionId
from messaging.saga.definition import SagaDefinition, saga
from messaging.saga.process import Process
from messaging.saga.state import Status
from messaging.saga.testing import run
from pydantic import BaseModel

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Nothing(BaseModel):
    """What these sagas know."""


ASKED = ReleaseStock(submission_id=SubmissionId(uuid4()))
DONE = StockReleased(submission_id=ASKED.submission_id)


def a_saga() -> SagaDefinition[Nothing]:
    return saga("orders.something", Nothing).step("first", lambda _: [ASKED])


def test_a_saga_that_only_goes_forward_has_no_deadline_and_no_way_back() -> None:
    """SU-9: it is asked for until it is done."""
    driven = run(a_saga().only_forward(), Nothing())
    assert driven.process.state.deadline is None
    assert not driven.cancel()
    driven.wait(timedelta(days=1))
    assert driven.status is Status.RUNNING
    driven.reply(DONE)
    assert driven.status is Status.COMPLETED


def test_what_only_goes_forward_has_no_pivot() -> None:
    with pytest.raises(ValueError, match="pivot"):
        a_saga().only_forward().pivot("late", lambda _: [])


def test_a_superseded_saga_ends_and_ignores_what_comes_late() -> None:
    """SU-8: another process takes back what it did."""
    driven = run(a_saga().step("second", lambda _: [ASKED]), Nothing())
    [open_] = driven.process.state.open
    assert driven.process.supersede()
    assert not driven.process.supersede()
    assert not driven.answer(open_.id, DONE)
    assert (driven.status, driven.open) == (Status.COMPLETED, [])
    driven.wait(timedelta(days=1))
    assert len(driven.sent) == 1


def test_a_local_first_step_is_left_to_the_next_wake() -> None:
    """It is not sent by who cannot do it, and is due at once, under the same id."""
    process = Process(a_saga(), uuid4(), Nothing())
    process.start(NOW)
    [sending] = process.sendings
    process.leave("catalog", NOW)
    assert process.sendings == []
    assert process.state.wake_at == NOW
    process.wake(NOW)
    assert process.sendings == [sending]
    assert process.state.open[0].tries == 1
    assert [entry.event for entry in process.log] == ["started", "sent"]
