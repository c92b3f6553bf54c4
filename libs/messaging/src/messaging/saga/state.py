"""What is kept of a saga between two occurrences: where it stands, and what it waits for."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Status(StrEnum):
    """Where a saga stands."""

    RUNNING = "running"
    UNDOING = "undoing"
    COMPLETED = "completed"
    COMPENSATED = "compensated"


class OpenCommand(BaseModel):
    """A command that awaits its reply; it can be written again from the saga's data.

    Attributes:
        step: Position of its step; the number of steps for the last act of a saga taken back.
        index: Its place among the step's commands.
        tries: How often it was sent.
    """

    model_config = ConfigDict(frozen=True)

    id: UUID
    step: int
    index: int
    undo: bool
    tries: int = 1
    resend_at: datetime


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
        position: The step being done or taken back.
        refused_here: Refusals among the commands of the current step.
        asked_here: Commands of the current step.
        round: Grows when an operator has the current step asked again, under new ids.
        logged: Entries in the log so far.
    """

    model_config = ConfigDict(frozen=True)

    status: Status = Status.RUNNING
    position: int = 0
    asked_here: int = 0
    refused_here: int = 0
    round: int = 0
    open: tuple[OpenCommand, ...] = ()
    refusals: tuple[NotedRefusal, ...] = ()
    cancelled: bool = False
    deadline: datetime | None = None
    attention: str | None = None
    logged: int = 0

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
