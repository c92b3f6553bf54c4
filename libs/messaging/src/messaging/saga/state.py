"""What is kept of a saga between two occurrences: where it stands, and what it waits for."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict

RESEND_AFTER = tuple(timedelta(seconds=s) for s in (15, 30, 60, 120, 300))
"""Rests before an unanswered command is sent again, under the same id; the last one repeats."""


class Status(StrEnum):
    """Where a saga stands."""

    RUNNING = "running"
    UNDOING = "undoing"
    COMPLETED = "completed"
    COMPENSATED = "compensated"


class OpenCommand(BaseModel):
    """A command of the current step that awaits its reply; it can be written again from the data.

    Attributes:
        index: Its place among the step's commands.
        tries: How often it was sent.
    """

    model_config = ConfigDict(frozen=True)

    id: UUID
    index: int
    tries: int = 1
    resend_at: datetime

    def sent_again(self, now: datetime) -> Self:
        """Give it as sent once more."""
        tries = self.tries + 1
        rest = RESEND_AFTER[min(tries, len(RESEND_AFTER)) - 1]
        return self.model_copy(update={"tries": tries, "resend_at": now + rest})

    def put_off(self, until: datetime) -> Self:
        """Give it as not to be sent again before a time."""
        return self.model_copy(update={"resend_at": max(self.resend_at, until)})


class NotedRefusal(BaseModel):
    """A refusal as it is kept in the saga's row."""

    model_config = ConfigDict(frozen=True)

    step: str
    code: str
    detail: str
    reply_type: str | None = None
    reply: dict[str, Any] | None = None


class State(BaseModel):
    """What the engine keeps of a saga between two occurrences.

    Attributes:
        step: Name of the step being done or taken back; none for the last act of a saga taken
            back, and after the end. By name, so that a release may insert steps before it.
        refused_here: Refusals among the commands of the current step.
        asked_here: Commands of the current step.
        round: Grows when an operator has the current step asked again, under new ids.
        attention: Why an operator should look, as a sentence.
        attention_code: The same for programs: the refusal's code, ``NO_ANSWER``, or
            ``STEP_UNKNOWN`` to this release. None in rows of before.
        logged: Entries in the log so far.
    """

    model_config = ConfigDict(frozen=True)

    status: Status = Status.RUNNING
    step: str | None = None
    asked_here: int = 0
    refused_here: int = 0
    round: int = 0
    open: tuple[OpenCommand, ...] = ()
    refusals: tuple[NotedRefusal, ...] = ()
    cancelled: bool = False
    deadline: datetime | None = None
    attention: str | None = None
    attention_code: str | None = None
    logged: int = 0

    @classmethod
    def read(cls, stored: Mapping[str, Any], numbered: Sequence[str]) -> Self:
        """Read a row's state.

        Args:
            stored: The row's JSON. One written before steps were kept by name has ``position``.
            numbered: The steps that such a position counts, from 0.
        """
        position = stored.get("position")
        if position is None:
            return cls.model_validate(stored)
        step = numbered[position] if position < len(numbered) else None
        return cls.model_validate({**stored, "step": step})

    @property
    def wake_at(self) -> datetime | None:
        """Give when the next timer is due; none when nothing is awaited."""
        times = [command.resend_at for command in self.open]
        if self.deadline is not None and self.status is Status.RUNNING:
            times.append(self.deadline)
        return min(times, default=None)

    @property
    def ended(self) -> bool:
        """Tell whether nothing more will happen."""
        return self.status in {Status.COMPLETED, Status.COMPENSATED}
