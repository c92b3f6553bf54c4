"""How a saga reads: one expression, a step a line, with what takes each step back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Generic, Self, TypeVar

from contracts.message import Command, Reply
from pydantic import BaseModel

D = TypeVar("D", bound=BaseModel)
"""What a saga knows: frozen, and enough to write every command from."""

DEADLINE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Refused:
    """A "no" that a saga met.

    Attributes:
        step: Name of the step.
        code: The refusal's code; ``DEADLINE`` when no answer came in time.
        reply: The refusal as it came, for its details; none for a deadline.
    """

    step: str
    code: str
    detail: str
    reply: Reply | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a saga was taken back: at least one refusal, or staff asked for it."""

    refusals: tuple[Refused, ...]
    cancelled: bool


@dataclass(frozen=True, slots=True)
class Step(Generic[D]):
    """One step: what it asks for, and what takes that back.

    Attributes:
        do: Writes the step's commands; none skips the step. The step ends when all are answered.
        undo: Writes what takes the step back; safe when there is nothing to take back.
        pivot: Once this step is done the saga only goes forward.
    """

    name: str
    do: Callable[[D], Iterable[Command]]
    undo: Callable[[D], Iterable[Command]] | None = None
    pivot: bool = False


@dataclass(frozen=True, slots=True)
class SagaDefinition(Generic[D]):
    """A saga as a value; the same one drives the runner, the diagrams and the property tests."""

    name: str
    data: type[D]
    deadline: timedelta = DEADLINE
    note: Callable[[D, Reply], D] = field(default=lambda data, _: data)
    returning: str = "end"
    if_undone: Callable[[D, Ending], Iterable[Command]] = field(default=lambda _, __: ())
    steps: tuple[Step[D], ...] = ()

    def if_refused(self, name: str, write: Callable[[D, Ending], Iterable[Command]]) -> Self:
        """Say what follows when every step is taken back."""
        return replace(self, returning=name, if_undone=write)

    def step(
        self,
        name: str,
        do: Callable[[D], Iterable[Command]],
        *,
        undo: Callable[[D], Iterable[Command]] | None = None,
    ) -> Self:
        """Add a step."""
        return self._add(Step(name, do, undo))

    def pivot(self, name: str, do: Callable[[D], Iterable[Command]]) -> Self:
        """Add the step after which the saga only goes forward.

        Raises:
            ValueError: There is one already.
        """
        if any(step.pivot for step in self.steps):
            raise ValueError(f"{self.name} has two pivots")
        return self._add(Step(name, do, pivot=True))

    def _add(self, step: Step[D]) -> Self:
        if step.name in {known.name for known in self.steps}:
            raise ValueError(f"{self.name} has two steps called {step.name!r}")
        return replace(self, steps=(*self.steps, step))

    @property
    def pivot_at(self) -> int:
        """Give the pivot's position; the number of steps when there is none."""
        return next((n for n, step in enumerate(self.steps) if step.pivot), len(self.steps))


def saga(
    name: str,
    data: type[D],
    *,
    deadline: timedelta = DEADLINE,
    note: Callable[[D, Reply], D] = lambda data, _: data,
) -> SagaDefinition[D]:
    """Begin the definition of a saga.

    Args:
        name: ``<service>.<process>``.
        data: Class of what the saga knows.
        deadline: How long it may take to reach its pivot.
        note: Takes what is needed later out of a reply.
    """
    return SagaDefinition(name, data, deadline, note)
