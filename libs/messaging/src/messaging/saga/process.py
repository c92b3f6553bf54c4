"""What happens next in a saga: pure functions from a process and an occurrence to the next process.

No clock, no database, no broker: the caller gives the time and carries out what is returned, so
that every interleaving of replies, copies, losses, time-outs and cancels can be tried in a test.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.message import Refusal, Reply

from messaging.saga.definition import D
from messaging.saga.record import Record
from messaging.saga.refusals import ending, noted
from messaging.saga.state import NotedRefusal, Status


@dataclass
class Process(Record[D]):
    """A saga in motion. Its methods change ``state`` and ``data`` and collect what must follow."""

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
