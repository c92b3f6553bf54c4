"""What happens next in a saga: pure functions from a process and an occurrence to the next process.

No clock, no database, no broker: the caller gives the time and carries out what is returned, so
that every interleaving of replies, copies, losses, time-outs and cancels can be tried in a test.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic
from uuid import UUID

from contracts.message import Command, Refusal, Reply
from contracts.values import derived_id

from messaging.saga.definition import D, SagaDefinition
from messaging.saga.refusals import ending, noted
from messaging.saga.state import NotedRefusal, OpenCommand, State, Status

RESEND_AFTER = tuple(timedelta(seconds=s) for s in (15, 30, 60, 120, 300))
"""Rests before an unanswered command is sent again, under the same id; the last one repeats."""
ATTENTION_AFTER = 4
"""Unanswered sendings after which an operator should look; nothing is given up."""


@dataclass(frozen=True, slots=True)
class Sending:
    """A command to be sent under this id."""

    id: UUID
    command: Command


@dataclass(frozen=True, slots=True)
class LogEntry:
    """Something that happened, for people: ``event`` is a fixed word, ``detail`` is free."""

    event: str
    step: str | None = None
    detail: str | None = None


@dataclass
class Process(Generic[D]):
    """A saga in motion. Its methods change ``state`` and ``data`` and collect what must follow.

    Attributes:
        sendings: Commands to send, in order, since the process was loaded.
        log: What happened since the process was loaded.
    """

    definition: SagaDefinition[D]
    id: UUID
    data: D
    state: State = field(default_factory=State)
    sendings: list[Sending] = field(default_factory=list[Sending])
    log: list[LogEntry] = field(default_factory=list[LogEntry])

    def start(self, now: datetime) -> None:
        """Begin with the first step."""
        self._set(deadline=now + self.definition.deadline)
        self._log("started")
        self._enter(0, now)

    def receive(self, command_id: UUID, reply: Reply, now: datetime) -> bool:
        """Take a reply; gives whether it answered an open command, and so was applied.

        While this release does not know the step, its commands stay open: sent again by one that
        does, they are answered again.
        """
        command = next((one for one in self.state.open if one.id == command_id), None)
        if command is None:
            self._log("late reply ignored", detail=reply.type)
            return False
        place = self._place
        if place is None:
            self._wait_for_a_release(now)
            return False
        self._set(open=tuple(one for one in self.state.open if one is not command))
        if not self.state.refused_here:
            self._set(attention=None)
        self.data = self.definition.note(self.data, reply)
        if self.state.status is not Status.UNDOING:
            self._answered(place, reply, now)
        elif self.state.step is None:
            if not self.state.open:
                self._end(Status.COMPENSATED)
        else:
            self._log("undone", self.step_name)
            if not self.state.open:
                self._undo_from(place - 1, now)
        return True

    def ask_to_cancel(self) -> bool:
        """Note that staff want it taken back; gives false when that cannot be.

        It cannot once the saga is past its pivot or over, or while its step is unknown.

        The next ``wake`` or ``receive`` acts on it.
        """
        if self.state.ended or self._past_pivot():
            return False
        self._set(cancelled=True)
        self._log("cancel asked")
        return True

    def wake(self, now: datetime) -> None:
        """Do what is due: take back on cancel or deadline, send again what was not answered."""
        if self._place is None:
            self._wait_for_a_release(now)
            return
        if self.state.status is Status.RUNNING and not self._past_pivot():
            if self.state.cancelled:
                self._take_back(self._place, now)
                return
            if self.state.deadline is not None and self.state.deadline <= now:
                late = NotedRefusal(
                    step=self.step_name, code="DEADLINE", detail="no answer in time"
                )
                self._refuse(late)
                self._take_back(self._place, now)
                return
        due = [command for command in self.state.open if command.resend_at <= now]
        if due:
            self._send_again(due, now)

    def ask_again(self, now: datetime) -> bool:
        """Ask the current step again under new ids: an operator's answer to ``attention``.

        Returns:
            False when the saga is over or this release does not know its step; nothing is changed.
        """
        place = self._place
        if place is None or not self.definition.can_ask_again(self.state):
            return False
        self._set(round=self.state.round + 1, attention=None, open=())
        self._log("asked again by an operator", self.step_name)
        if self.state.status is Status.RUNNING:
            self._enter(place, now)
        elif self.state.step is None:
            self._act_last(now)
        else:
            self._undo_from(place, now)
        return True

    @property
    def step_name(self) -> str:
        """Name the current step, or the last act of a saga taken back."""
        return self.definition.step_name(self.state)

    @property
    def _place(self) -> int | None:
        """Position of the current step; none while this release does not know it."""
        return self.definition.place_of(self.state.step)

    # -- forward

    def _answered(self, place: int, reply: Reply, now: datetime) -> None:
        name = self.step_name
        if isinstance(reply, Refusal):
            self._set(refused_here=self.state.refused_here + 1)
            self._refuse(noted(name, reply))
        else:
            self._log("answered", name)
        if self._past_pivot():
            if isinstance(reply, Refusal):
                self._set(attention=f"{name}: refused after the pivot: {reply.detail}")
            elif not self.state.open and not self.state.refused_here:
                self._enter(place + 1, now)
        elif self.state.cancelled:
            self._take_back(place, now)
        elif not self.state.open:
            if self.state.refused_here:
                self._take_back(place, now)
            else:
                self._enter(place + 1, now)

    def _enter(self, place: int, now: datetime) -> None:
        for step in self.definition.steps[place:]:
            commands = list(step.do(self.data))
            if commands:
                self._set(step=step.name, asked_here=len(commands), refused_here=0)
                if self._past_pivot():
                    self._set(deadline=None)
                self._open(commands, "do", now)
                return
        self._end(Status.COMPLETED)

    def _past_pivot(self) -> bool:
        return self.definition.past_pivot(self.state)

    # -- back

    def _take_back(self, place: int, now: datetime) -> None:
        """Undo every step that was ever sent, last first; open commands are no longer awaited."""
        unanswered_or_done = self.state.refused_here < self.state.asked_here
        self._set(status=Status.UNDOING, open=(), attention=None)
        self._log("taking back")
        self._undo_from(place if unanswered_or_done else place - 1, now)

    def _undo_from(self, place: int, now: datetime) -> None:
        for step in reversed(self.definition.steps[: place + 1]):
            commands = list(step.undo(self.data)) if step.undo else []
            if commands:
                self._set(step=step.name)
                self._open(commands, "undo", now)
                return
        self._act_last(now)

    def _act_last(self, now: datetime) -> None:
        self._set(step=None)
        commands = list(self.definition.if_undone(self.data, ending(self.state)))
        if commands:
            self._open(commands, "end", now)
        else:
            self._end(Status.COMPENSATED)

    # -- both

    def _open(self, commands: Iterable[Command], act: str, now: datetime) -> None:
        opened: list[OpenCommand] = []
        for index, command in enumerate(commands):
            id_ = derived_id(self.id, self.step_name, act, self.state.round, index)
            due = now + RESEND_AFTER[0]
            opened.append(OpenCommand(id=id_, index=index, resend_at=due))
            self.sendings.append(Sending(id_, command))
        self._set(open=tuple(opened))
        self._log("undo sent" if act == "undo" else "sent", self.step_name)

    def _send_again(self, due: Sequence[OpenCommand], now: datetime) -> None:
        written = self._written()
        if max(command.index for command in due) >= len(written):
            self._wait_for_a_release(now)
            return
        for command in due:
            tries = command.tries + 1
            rest = RESEND_AFTER[min(tries, len(RESEND_AFTER)) - 1]
            again = command.model_copy(update={"tries": tries, "resend_at": now + rest})
            self._set(open=tuple(again if one is command else one for one in self.state.open))
            self.sendings.append(Sending(command.id, written[command.index]))
            self._log("sent again", self.step_name, f"try {tries}")
            if tries > ATTENTION_AFTER:
                self._set(attention=f"{self.step_name}: no answer after {tries} sendings")

    def _written(self) -> list[Command]:
        """Write the current commands again; a step writes the same ones from the same data."""
        place = self._place
        if place is None:
            return []
        if place == len(self.definition.steps):
            return list(self.definition.if_undone(self.data, ending(self.state)))
        step = self.definition.steps[place]
        write = step.undo if self.state.status is Status.UNDOING else step.do
        return list(write(self.data)) if write else []

    def _wait_for_a_release(self, now: datetime) -> None:
        """Call for attention: this release cannot ask what the saga waits for.

        Nothing is taken back either, for nobody here knows what was done. The open commands and
        the deadline wait, so that a release which knows the step goes on by itself.
        """
        reason = f"{self.step_name}: this release does not know the step"
        if self.state.attention != reason:
            self._log("step unknown", self.step_name)
        later = now + RESEND_AFTER[-1]
        waiting = (
            one.model_copy(update={"resend_at": max(one.resend_at, later)})
            for one in self.state.open
        )
        self._set(attention=reason, open=tuple(waiting))
        if self.state.deadline is not None:
            self._set(deadline=max(self.state.deadline, later))

    def _refuse(self, refusal: NotedRefusal) -> None:
        self._set(refusals=(*self.state.refusals, refusal))
        self._log("refused", refusal.step, f"{refusal.code}: {refusal.detail}")

    def _end(self, status: Status) -> None:
        self._set(status=status, step=None, open=(), attention=None)
        self._log(status.value)

    def _log(self, event: str, step: str | None = None, detail: str | None = None) -> None:
        self.log.append(LogEntry(event, step, detail))

    def _set(self, **changes: object) -> None:
        self.state = self.state.model_copy(update=changes)
