"""A saga under way when a release comes: it knows its step by name."""

from collections.abc import Iterator
from datetime import timedelta
from typing import ClassVar
from uuid import UUID

from contracts.message import Command, Refusal, Reply
from messaging.saga.definition import SagaDefinition, saga
from messaging.saga.process import Process
from messaging.saga.state import State, Status
from messaging.saga.testing import DrivenSaga, run
from pydantic import BaseModel, ConfigDict
from pydantic_core import from_json


class Do(Command):
    type: ClassVar = "doors.do.v1"

    what: str


class Done(Reply):
    type: ClassVar = "doors.done.v1"


class NotDone(Refusal):
    type: ClassVar = "doors.not-done.v1"


class Tour(BaseModel):
    model_config = ConfigDict(frozen=True)


def _step(before: SagaDefinition[Tour], name: str) -> SagaDefinition[Tour]:
    def do(_: Tour) -> Iterator[Do]:
        yield Do(what=name)

    def undo(_: Tour) -> Iterator[Do]:
        yield Do(what=f"undo {name}")

    return before.step(name, do, undo=undo)


def _tour(*names: str) -> SagaDefinition[Tour]:
    tour = saga("test.tour", Tour)
    for name in names:
        tour = _step(tour, name)
    return tour


THREE = _tour("open", "walk", "close")
FOUR = _tour("open", "greet", "walk", "close")
GONE = _tour("open", "close")


def _under(release: SagaDefinition[Tour], driven: DrivenSaga[Tour]) -> DrivenSaga[Tour]:
    """Take a saga up from its row, as the workers of a release do."""
    row = from_json(driven.process.state.model_dump_json(exclude_none=True))
    again = Process(release, driven.process.id, Tour(), release.read(row))
    return DrivenSaga(again, driven.now)


def _walking() -> DrivenSaga[Tour]:
    tour = run(THREE, Tour())
    tour.reply(Done())
    tour.expect(Do(what="open"), Do(what="walk"))
    return tour


def test_a_step_inserted_before_it_does_not_disturb_a_saga_under_way() -> None:
    """It goes on with the step after its own, and takes the new one back with the others."""
    tour = _under(FOUR, _walking())
    tour.reply(Done())
    tour.expect(Do(what="close"))
    tour.cancel()
    for name in ("close", "walk", "greet", "open"):
        tour.expect(Do(what=f"undo {name}"))
        tour.reply(Done())
    assert tour.status is Status.COMPENSATED


def test_a_step_inserted_behind_it_is_done() -> None:
    tour = _under(_tour("open", "walk", "thank", "close"), _walking())
    for name in ("thank", "close"):
        tour.reply(Done())
        tour.expect(Do(what=name))
    tour.reply(Done())
    assert tour.status is Status.COMPLETED


def test_what_is_sent_after_a_step_was_inserted_has_ids_of_its_own() -> None:
    """Else the undo of the new step would be taken for a copy of the undo sent before."""
    walking = _walking()
    walking.cancel()
    walking.reply(Done())  # walk is undone, open is being undone
    before = {sending.id for sending in walking.sent}
    tour = _under(_tour("greet", "open", "walk", "close"), walking)
    tour.reply(Done())
    assert [sending.command for sending in tour.sent] == [Do(what="undo greet")]
    assert not before & {sending.id for sending in tour.sent}


def test_a_saga_whose_step_is_gone_calls_for_attention_and_stays_as_it_is() -> None:
    """SU-9: nobody here can tell what comes next, nor what was done: not even its cancel."""
    tour = _under(GONE, _walking())
    [waiting] = tour.process.state.open
    assert not tour.answer(waiting.id, Done())
    assert tour.process.state.attention == "walk: this release does not know the step"
    assert not tour.cancel()
    tour.wait(timedelta(minutes=30))
    assert not tour.process.ask_again(tour.now)
    assert tour.sent == []
    assert (tour.status, tour.process.state.step) == (Status.RUNNING, "walk")
    assert [entry.event for entry in tour.process.log] == ["step unknown"]


def test_a_saga_whose_step_is_gone_is_not_looked_at_all_the_time() -> None:
    """Its timers rest, the deadline too: a due one would be looked at without any pause."""
    tour = _under(GONE, _walking())
    tour.wait(timedelta(minutes=30))
    due = tour.process.state.wake_at
    assert due is not None
    assert due >= tour.now + timedelta(minutes=5)


def test_a_release_that_knows_the_step_goes_on_by_itself() -> None:
    stranded = _under(GONE, _walking())
    stranded.wait(timedelta(seconds=20))
    tour = _under(THREE, stranded)
    tour.wait(timedelta(minutes=5))
    tour.expect(Do(what="walk"))
    tour.reply(Done())
    tour.expect(Do(what="close"))
    assert tour.process.state.attention is None


def test_an_undo_that_is_gone_calls_for_attention() -> None:
    walking = _walking()
    walking.cancel()
    tour = _under(GONE, walking)
    tour.wait(timedelta(minutes=1))
    assert tour.process.state.attention == "walk: this release does not know the step"
    assert tour.status is Status.UNDOING


def test_a_step_that_writes_less_than_before_calls_for_attention() -> None:
    """A retired step writes nothing; who waits for its answer still gets it and goes on."""
    quiet = _tour("open").step("walk", lambda _: ())
    tour = _under(_step(quiet, "close"), _walking())
    tour.wait(timedelta(minutes=1))
    assert tour.process.state.attention == "walk: this release does not know the step"
    tour.reply(Done())
    tour.expect(Do(what="close"))
    assert tour.process.state.attention is None


def test_a_row_of_before_names_goes_on() -> None:
    """As rows were: the step by its position among those of then, whatever was inserted since."""
    row = {
        "status": "running",
        "position": 1,
        "asked_here": 1,
        "refused_here": 0,
        "round": 0,
        "open": [
            {
                "id": "5a2f6f7e-4c6f-5b44-9a46-5e0d5a5c1d55",
                "step": 1,
                "index": 0,
                "undo": False,
                "tries": 1,
                "resend_at": "2026-01-01T00:00:15Z",
            }
        ],
        "refusals": [],
        "cancelled": False,
        "deadline": "2026-01-01T00:10:00Z",
        "logged": 4,
    }
    assert THREE.read(row).step == "walk"
    numbered = saga("test.tour", Tour, numbered=("open", "walk", "close"))
    for name in ("open", "greet", "walk", "close"):
        numbered = _step(numbered, name)
    tour = DrivenSaga(Process(numbered, UUID(int=1), Tour(), numbered.read(row)))
    tour.reply(Done())
    tour.expect(Do(what="close"))


def test_a_row_of_before_names_that_had_ended_is_read() -> None:
    state = THREE.read({"status": "completed", "position": 3, "open": []})
    assert state == State(status=Status.COMPLETED)


def test_the_last_act_is_asked_again() -> None:
    """SU-9: an operator may ask it again like any step."""
    tour = run(THREE.if_refused("write it down", lambda _, __: [Do(what="note")]), Tour())
    tour.reply(NotDone(code="NO", detail="no"))
    tour.expect(Do(what="open"), Do(what="note"))
    assert tour.process.ask_again(tour.now)
    tour.collect()
    tour.expect(Do(what="note"))
    assert len({sending.id for sending in tour.sent}) == 3


def test_a_last_act_that_is_refused_is_not_taken_for_done() -> None:
    """SU-9: and it cannot be let be, for the aggregate would wait for ever."""
    tour = run(THREE.if_refused("write it down", lambda _, __: [Do(what="note")]), Tour())
    for _ in range(2):
        tour.reply(NotDone(code="NO", detail="no"))
    assert tour.process.state.attention == "write it down: refused while taking back: no"
    assert not tour.process.let_be("never mind", tour.now)
    assert tour.process.ask_again(tour.now)
    tour.reply(Done())
    assert tour.status is Status.COMPENSATED


def test_after_the_pivot_nothing_is_due_but_what_is_asked_again() -> None:
    """A deadline that is over would have the saga looked at without any pause."""
    tour = run(
        _step(saga("test.tour", Tour).pivot("open", lambda _: [Do(what="open")]), "walk"), Tour()
    )
    tour.reply(Done())
    tour.reply(NotDone(code="NO", detail="no"))
    assert tour.process.state.attention == "walk: refused after the pivot: no"
    assert tour.process.state.wake_at is None
