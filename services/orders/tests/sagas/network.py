"""An unreliable network between sagas and their participants, for property tests.

Model of faults 6, 7, 9, 33, 36 to 38 and 52: every message may be copied, lost, reordered or late,
and any participant may say no; in the end an operator has asked again what was refused.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

import hypothesis.strategies as st
from contracts.message import Command, Reply
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule
from messaging.saga.testing import DrivenSaga

from services.orders.tests.sagas.promises import Books

_LOCAL = "orders"


class Network(RuleBasedStateMachine):
    """Sagas of one order; a subclass begins them in an ``initialize``."""

    def begin(self) -> None:
        """Make an empty network and new books."""
        self.books = Books()
        self.sagas: list[DrivenSaga[Any]] = []
        self.sender: dict[UUID, DrivenSaga[Any]] = {}
        self.commands: list[tuple[UUID, Command]] = []
        self.replies: list[tuple[UUID, Reply]] = []
        self.taken: list[int] = []
        self.applied: set[UUID] = set()

    def join(self, saga: DrivenSaga[Any]) -> None:
        """Let a saga that was just begun send."""
        self.sagas.append(saga)
        self.taken.append(0)
        self.post()

    def post(self) -> None:
        """Put what sagas sent on the network; local steps are done in the saga's transaction."""
        for number, saga in enumerate(self.sagas):
            while self.taken[number] < len(saga.sent):
                sending = saga.sent[self.taken[number]]
                self.taken[number] += 1
                self.sender[sending.id] = saga
                if sending.command.owner() == _LOCAL:
                    reply = self.books.handle(sending.id, sending.command, agree=True)
                    saga.answer(sending.id, reply)
                else:
                    self.commands.append((sending.id, sending.command))

    def answer(self, id_: UUID, reply: Reply) -> None:
        applied = self.sender[id_].answer(id_, reply)
        if applied:
            assert id_ not in self.applied, "I7: a reply was applied twice"
            self.applied.add(id_)
        self.post()

    def _deliver_command(self, place: int, *, agree: bool, keep: bool) -> None:
        id_, command = self.commands[place] if keep else self.commands.pop(place)
        self.replies.append((id_, self.books.handle(id_, command, agree=agree)))

    @precondition(lambda self: self.commands)
    @rule(data=st.data(), agree=st.integers(0, 4), keep=st.booleans())
    def a_participant_acts(self, data: st.DataObject, agree: int, keep: bool) -> None:
        place = data.draw(st.integers(0, len(self.commands) - 1))
        self._deliver_command(place, agree=agree > 0, keep=keep)

    @precondition(lambda self: self.replies)
    @rule(data=st.data(), keep=st.booleans())
    def a_reply_arrives(self, data: st.DataObject, keep: bool) -> None:
        place = data.draw(st.integers(0, len(self.replies) - 1))
        self.answer(*(self.replies[place] if keep else self.replies.pop(place)))

    @rule(hops=st.integers(1, 9))
    def the_network_is_quick(self, hops: int) -> None:
        """Let the next hops happen in order, or late states would hardly ever be reached."""
        for _ in range(hops):
            if self.replies:
                self.answer(*self.replies.pop(0))
            elif self.commands:
                self._deliver_command(0, agree=True, keep=False)

    @precondition(lambda self: self.commands)
    @rule(data=st.data())
    def a_command_is_lost(self, data: st.DataObject) -> None:
        self.commands.pop(data.draw(st.integers(0, len(self.commands) - 1)))

    @precondition(lambda self: self.replies)
    @rule(data=st.data())
    def a_reply_is_lost(self, data: st.DataObject) -> None:
        self.replies.pop(data.draw(st.integers(0, len(self.replies) - 1)))

    @rule(seconds=st.sampled_from([1, 20, 100, 700]))
    def time_passes(self, seconds: int) -> None:
        for saga in self.sagas:
            saga.wait(timedelta(seconds=seconds))
        self.post()

    def heal(self) -> None:
        """Let everything arrive, agreed to; what still travels at the end is handled too."""
        for _ in range(60):
            while self.commands or self.replies:
                if self.commands:
                    self._deliver_command(0, agree=True, keep=False)
                else:
                    self.answer(*self.replies.pop(0))
            if all(saga.process.state.ended for saga in self.sagas):
                return
            for saga in self.sagas:
                if saga.process.state.refused_here:
                    saga.process.ask_again(saga.now)
                    saga.collect()
                saga.wait(timedelta(seconds=301))
            self.post()
        states = [saga.process.state for saga in self.sagas]
        raise AssertionError(f"a saga has not ended: {states}")
