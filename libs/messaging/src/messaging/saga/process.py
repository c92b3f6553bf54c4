"""What happens next in a saga: pure functions from a process and an occurrence to the next process.

No clock, no database, no broker: the caller gives the time and carries out what is returned, so
that every interleaving of replies, copies, losses, time-outs and cancels can be tried in a test.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic
from uuid import UUID

from contracts.message import Command, Refusal, Reply
from contracts.values import derived_id

from messaging.registry import message_class
from messaging.saga.definition import D, Ending, Refused, SagaDefinition
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
        """Take a reply; gives whether it answered an open command, and so was applied."""
        command = next((one for one in self.state.open if one.id == command_id), None)
        if command is None:
            self._log("late reply ignored", detail=reply.type)
            return False
        self._set(open=tuple(one for one in self.state.open if one is not command))
        self.data = self.definition.note(self.data, reply)
        name = self.step_name(command.step)
        if command.undo:
            self._log("undone", name)
            if not self.state.open:
                self._undo_from(command.step - 1, now)
        elif command.step == len(self.definition.steps):
            if not self.state.open:
                self._end(Status.COMPENSATED)
        else:
            self._answered(command, name, reply, now)
        return True

    def ask_to_cancel(self) -> bool:
        """Note that staff want it taken back; gives false when it is past its pivot or over.

        The next ``wake`` or ``receive`` acts on it.
        """
        if self.state.ended or self._past_pivot():
            return False
        self._set(cancelled=True)
        self._log("cancel asked")
        return True

    def wake(self, now: datetime) -> None:
        """Do what is due: take back on cancel or deadline, send again what was not answered."""
        if self.state.status is Status.RUNNING and not self._past_pivot():
            if self.state.cancelled:
                self._take_back(now)
                return
            if self.state.deadline is not None and self.state.deadline <= now:
                name = self.step_name(self.state.position)
                self._refuse(NotedRefusal(step=name, code="DEADLINE", detail="no answer in time"))
                self._take_back(now)
                return
        for command in self.state.open:
            if command.resend_at <= now:
                self._send_again(command, now)

    def ask_again(self, now: datetime) -> None:
        """Ask the current step again under new ids: an operator's answer to ``attention``."""
        self._set(round=self.state.round + 1, attention=None, open=())
        self._log("asked again by an operator", self.step_name(self.state.position))
        if self.state.status is Status.RUNNING:
            self._enter(self.state.position, now)
        elif self.state.status is Status.UNDOING:
            self._undo_from(self.state.position, now)

    def step_name(self, position: int) -> str:
        """Name the step at a position."""
        steps = self.definition.steps
        return steps[position].name if position < len(steps) else self.definition.returning

    # -- forward

    def _answered(self, command: OpenCommand, name: str, reply: Reply, now: datetime) -> None:
        if isinstance(reply, Refusal):
            self._set(refused_here=self.state.refused_here + 1)
            self._refuse(_noted(name, reply))
        else:
            self._log("answered", name)
        if self._past_pivot():
            if isinstance(reply, Refusal):
                self._set(attention=f"{name}: refused after the pivot: {reply.detail}")
            elif not self.state.open and not self.state.refused_here:
                self._enter(command.step + 1, now)
        elif self.state.cancelled:
            self._take_back(now)
        elif not self.state.open:
            if self.state.refused_here:
                self._take_back(now)
            else:
                self._enter(command.step + 1, now)

    def _enter(self, position: int, now: datetime) -> None:
        steps = self.definition.steps
        while position < len(steps):
            commands = list(steps[position].do(self.data))
            if commands:
                self._set(position=position, asked_here=len(commands), refused_here=0)
                self._open(position, commands, now, undo=False)
                return
            position += 1
        self._set(position=position)
        self._end(Status.COMPLETED)

    def _past_pivot(self) -> bool:
        return (
            self.state.status is not Status.UNDOING
            and self.state.position > self.definition.pivot_at
        )

    # -- back

    def _take_back(self, now: datetime) -> None:
        """Undo every step that was ever sent, last first; open commands are no longer awaited."""
        unanswered_or_done = self.state.refused_here < self.state.asked_here
        self._set(status=Status.UNDOING, open=(), attention=None)
        self._log("taking back")
        self._undo_from(self.state.position - (0 if unanswered_or_done else 1), now)

    def _undo_from(self, position: int, now: datetime) -> None:
        while position >= 0:
            step = self.definition.steps[position]
            commands = list(step.undo(self.data)) if step.undo else []
            if commands:
                self._set(position=position)
                self._open(position, commands, now, undo=True)
                return
            position -= 1
        last = len(self.definition.steps)
        commands = list(self.definition.if_undone(self.data, self._ending()))
        self._set(position=last)
        if commands:
            self._open(last, commands, now, undo=False)
        else:
            self._end(Status.COMPENSATED)

    def _ending(self) -> Ending:
        refusals = tuple(
            Refused(noted.step, noted.code, noted.detail, _reply_of(noted))
            for noted in self.state.refusals
        )
        return Ending(refusals, self.state.cancelled)

    # -- both

    def _open(
        self, position: int, commands: Iterable[Command], now: datetime, *, undo: bool
    ) -> None:
        opened: list[OpenCommand] = []
        for index, command in enumerate(commands):
            id_ = derived_id(self.id, position, "undo" if undo else "do", self.state.round, index)
            due = now + RESEND_AFTER[0]
            opened.append(OpenCommand(id=id_, step=position, index=index, undo=undo, resend_at=due))
            self.sendings.append(Sending(id_, command))
        self._set(open=tuple(opened))
        self._log("undo sent" if undo else "sent", self.step_name(position))

    def _send_again(self, command: OpenCommand, now: datetime) -> None:
        tries = command.tries + 1
        rest = RESEND_AFTER[min(tries, len(RESEND_AFTER)) - 1]
        again = command.model_copy(update={"tries": tries, "resend_at": now + rest})
        self._set(open=tuple(again if one is command else one for one in self.state.open))
        name = self.step_name(command.step)
        self.sendings.append(Sending(command.id, self._written(command)))
        self._log("sent again", name, f"try {tries}")
        if tries > ATTENTION_AFTER:
            self._set(attention=f"{name}: no answer after {tries} sendings")

    def _written(self, command: OpenCommand) -> Command:
        """Write an open command again; a step writes the same commands from the same data."""
        steps = self.definition.steps
        if command.step == len(steps):
            commands = self.definition.if_undone(self.data, self._ending())
        else:
            step = steps[command.step]
            commands = (step.undo or step.do)(self.data) if command.undo else step.do(self.data)
        return list(commands)[command.index]

    def _refuse(self, refusal: NotedRefusal) -> None:
        self._set(refusals=(*self.state.refusals, refusal))
        self._log("refused", refusal.step, f"{refusal.code}: {refusal.detail}")

    def _end(self, status: Status) -> None:
        self._set(status=status, open=(), attention=None)
        self._log(status.value)

    def _log(self, event: str, step: str | None = None, detail: str | None = None) -> None:
        self.log.append(LogEntry(event, step, detail))

    def _set(self, **changes: object) -> None:
        self.state = self.state.model_copy(update=changes)


def _noted(step: str, reply: Refusal) -> NotedRefusal:
    return NotedRefusal(
        step=step,
        code=reply.code,
        detail=reply.detail,
        reply_type=reply.type,
        reply=reply.model_dump(mode="json"),
    )


def _reply_of(noted: NotedRefusal) -> Reply | None:
    cls = message_class(noted.reply_type) if noted.reply_type else None
    if cls is None or not issubclass(cls, Reply):
        return None
    return cls.model_validate(noted.reply)
