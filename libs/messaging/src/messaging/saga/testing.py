"""Drives a saga in a test, with no broker, no database and no clock but the test's own."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Generic
from uuid import UUID, uuid4

from contracts.message import Command, Reply

from messaging.saga.definition import D, SagaDefinition
from messaging.saga.process import Process
from messaging.saga.record import Sending
from messaging.saga.state import Status

_START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class DrivenSaga(Generic[D]):
    """A saga and a test's hold on it.

    Attributes:
        sent: Everything sent so far, in order, copies included.
        now: The time the saga is told; a test moves it.
    """

    process: Process[D]
    now: datetime = _START
    sent: list[Sending] = field(default_factory=list[Sending])
    _looked: int = 0

    @property
    def status(self) -> Status:
        """Give where the saga stands."""
        return self.process.state.status

    @property
    def open(self) -> list[Command]:
        """Give the commands that await a reply, in order."""
        ids = {command.id for command in self.process.state.open}
        return list({one.id: one.command for one in self.sent if one.id in ids}.values())

    def expect(self, *commands: Command) -> None:
        """Assert that exactly these were sent since the last look."""
        new = [sending.command for sending in self.sent[self._looked :]]
        self._looked = len(self.sent)
        assert new == list(commands), f"sent {new}"  # noqa: S101 - this module is for tests

    def reply(self, *replies: Reply) -> None:
        """Answer the open commands in order."""
        waiting = [command.id for command in self.process.state.open]
        for id_, reply in zip(waiting, replies, strict=True):
            self.answer(id_, reply)

    def answer(self, command_id: UUID, reply: Reply) -> bool:
        """Give a reply to a command, open or not; gives whether it was applied."""
        applied = self.process.receive(command_id, reply, self.now)
        self.collect()
        return applied

    def cancel(self) -> bool:
        """Ask to cancel, and let the worker look."""
        accepted = self.process.ask_to_cancel()
        self.wait(timedelta())
        return accepted

    def wait(self, time: timedelta) -> None:
        """Let time pass and the timers look."""
        self.now += time
        self.process.wake(self.now)
        self.collect()

    def collect(self) -> None:
        """Note what the saga has sent."""
        self.sent.extend(self.process.sendings)
        self.process.sendings.clear()


def run(definition: SagaDefinition[D], data: D) -> DrivenSaga[D]:
    """Start a saga."""
    driven = DrivenSaga(Process(definition, uuid4(), data))
    driven.process.start(driven.now)
    driven.collect()
    return driven


def events(driven: DrivenSaga[D]) -> Iterable[str]:
    """Give the log's words, in order."""
    return [entry.event for entry in driven.process.log]
