"""What a saga has asked and waits for, and what people are told of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic
from uuid import UUID

from contracts.message import Command
from contracts.values import derived_id

from messaging.saga.definition import D, SagaDefinition
from messaging.saga.refusals import ending
from messaging.saga.state import RESEND_AFTER, NotedRefusal, OpenCommand, State, Status

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
class Record(Generic[D]):
    """A saga as it stands, and what has come of it since it was loaded.

    Attributes:
        sendings: Commands to send, in order, since the saga was loaded.
        log: What happened since the saga was loaded.
    """

    definition: SagaDefinition[D]
    id: UUID
    data: D
    state: State = field(default_factory=State)
    sendings: list[Sending] = field(default_factory=list[Sending])
    log: list[LogEntry] = field(default_factory=list[LogEntry])

    @property
    def step_name(self) -> str:
        """Name the current step, or the last act of a saga taken back."""
        return self.definition.step_name(self.state)

    @property
    def _place(self) -> int | None:
        """Position of the current step; none while this release does not know it."""
        return self.definition.place_of(self.state.step)

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
        if max(one.index for one in due) >= len(written):
            self._wait_for_a_release(now)
            return
        again = {one.id: one.sent_again(now) for one in due}
        self._set(open=tuple(again.get(one.id, one) for one in self.state.open))
        for one in again.values():
            self.sendings.append(Sending(one.id, written[one.index]))
            if one.tries > 1:
                self._log("sent again", self.step_name, f"try {one.tries}")
            if one.tries > ATTENTION_AFTER and not self.state.refused_here:
                self._call_for_attention("NO_ANSWER", f"no answer after {one.tries} sendings")

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
        if self.state.attention_code != "STEP_UNKNOWN":
            self._log("step unknown", self.step_name)
        later = now + RESEND_AFTER[-1]
        waiting = tuple(one.put_off(later) for one in self.state.open)
        self._set(open=waiting)
        self._call_for_attention("STEP_UNKNOWN", "this release does not know the step")
        if self.state.deadline is not None:
            self._set(deadline=max(self.state.deadline, later))

    def _call_for_attention(self, code: str, why: str) -> None:
        self._set(attention=f"{self.step_name}: {why}", attention_code=code)

    def _calm(self) -> None:
        self._set(attention=None, attention_code=None)

    def _refuse(self, refusal: NotedRefusal) -> None:
        self._set(refusals=(*self.state.refusals, refusal))
        self._log("refused", refusal.step, f"{refusal.code}: {refusal.detail}")

    def _end(self, status: Status) -> None:
        self._set(status=status, step=None, open=())
        self._calm()
        self._log(status.value)

    def _log(self, event: str, step: str | None = None, detail: str | None = None) -> None:
        self.log.append(LogEntry(event, step, detail))

    def _set(self, **changes: object) -> None:
        self.state = self.state.model_copy(update=changes)
