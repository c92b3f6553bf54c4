"""What happens next in a saga: pure functions from a process and an occurrence to the next process.

No clock, no database, no broker: the caller gives the time and carries out what is returned, so
that every interleaving of replies, copies, losses, time-outs and cancels can be tried in a test.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic
from uuid import UUID

from contracts.message import Command, Refusal, Reply
from contracts.values import derived_id

from messaging.saga.definition import D, SagaDefinition
from messaging.saga.refusals import ending, noted
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
            self._calm()
        self.data = self.definition.note(self.data, reply)
        if self.state.status is not Status.UNDOING:
            self._answered(place, reply, now)
        else:
            self._undone(place, reply, now)
        return True

    def ask_to_cancel(self) -> bool:
        """Note that staff want it taken back; gives false when it is past its pivot or over.

        The next ``wake`` or ``receive`` acts on it.
        """
        if self.state.ended or self.definition.past_pivot(self.state):
            return False
        self._set(cancelled=True)
        self._log("cancel asked")
        return True

    def wake(self, now: datetime) -> None:
        """Do what is due: take back on cancel or deadline, send again what was not answered."""
        if self._place is None:
            self._wait_for_a_release(now)
            return
        if self.state.status is Status.RUNNING and not self.definition.past_pivot(self.state):
            if self.state.cancelled:
                self._take_back(self._place, now)
                return
            if self.state.deadline is not None and self.state.deadline <= now:
                late = "no answer in time"
                self._refuse(NotedRefusal(step=self.step_name, code="DEADLINE", detail=late))
                self._take_back(self._place, now)
                return
        if due := [one for one in self.state.open if one.resend_at <= now]:
            self._send_again(due, now)

    def ask_again(self, now: datetime) -> bool:
        """Ask the current step again under new ids: an operator's answer to ``attention``.

        Returns:
            False when ``can_ask_again`` says so; nothing is changed.
        """
        place = self._place
        if place is None or not self.definition.can_ask_again(self.state):
            return False
        self._set(round=self.state.round + 1, open=())
        self._calm()
        if self.state.refused_here:
            self.data = self.definition.asked_again(self.data, self.state.round)
        self._log("asked again by an operator", self.step_name)
        if self.state.status is Status.RUNNING:
            self._enter(place, now)
        elif self.state.step is None:
            self._act_last(now)
        else:
            self._undo_from(place, now)
        return True

    def let_be(self, why: str, now: datetime) -> bool:
        """Go on without the step that was refused, or without its undo, because of ``why``.

        Returns:
            False when ``can_let_be`` says so; nothing is changed.
        """
        place = self._place
        if place is None or not self.definition.can_let_be(self.state):
            return False
        self._calm()
        self._log("let be by an operator", self.step_name, why)
        if self.state.status is Status.UNDOING:
            self._undo_from(place - 1, now)
        else:
            self._enter(place + 1, now)
        return True

    def supersede(self) -> bool:
        """End it where it stands, since another process takes back whatever it has sent.

        What still answers it is ignored as late. Gives false when it was over before.
        """
        if self.state.ended:
            return False
        self._log("superseded", self.step_name)
        self._end(Status.COMPLETED)
        return True

    def leave(self, owner: str, now: datetime) -> None:
        """Leave the commands that ``owner`` answers itself to the next ``wake``, which is due now.

        For whoever begins a saga and cannot do its local steps.
        """
        local = {one.id for one in self.sendings if one.command.owner() == owner}
        self.sendings = [one for one in self.sendings if one.id not in local]
        left = (
            one.model_copy(update={"tries": 0, "resend_at": now}) if one.id in local else one
            for one in self.state.open
        )
        self._set(open=tuple(left))

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
        if self.definition.past_pivot(self.state):
            if isinstance(reply, Refusal):
                self._call_for_attention(reply.code, f"refused after the pivot: {reply.detail}")
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
                if self.definition.past_pivot(self.state):
                    self._set(deadline=None)
                self._open(commands, "do", now)
                return
        self._end(Status.COMPLETED)

    # -- back

    def _take_back(self, place: int, now: datetime) -> None:
        """Undo every step that was ever sent, last first; open commands are no longer awaited."""
        unanswered_or_done = self.state.refused_here < self.state.asked_here
        self._set(status=Status.UNDOING, open=())
        self._calm()
        self._log("taking back")
        self._undo_from(place if unanswered_or_done else place - 1, now)

    def _undo_from(self, place: int, now: datetime) -> None:
        for step in reversed(self.definition.steps[: place + 1]):
            commands = list(step.undo(self.data)) if step.undo else []
            if commands:
                self._set(step=step.name, refused_here=0)
                self._open(commands, "undo", now)
                return
        self._act_last(now)

    def _undone(self, place: int, reply: Reply, now: datetime) -> None:
        name = self.step_name
        if isinstance(reply, Refusal):
            self._set(refused_here=self.state.refused_here + 1)
            self._call_for_attention(reply.code, f"refused while taking back: {reply.detail}")
            self._log("undo refused", name, f"{reply.code}: {reply.detail}")
        else:
            self._log("undone" if self.state.step else "answered", name)
        if self.state.open or self.state.refused_here:
            return
        if self.state.step is None:
            self._end(Status.COMPENSATED)
        else:
            self._undo_from(place - 1, now)

    def _act_last(self, now: datetime) -> None:
        self._set(step=None, refused_here=0)
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
