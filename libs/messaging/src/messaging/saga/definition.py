"""How a saga reads: one expression, a step a line, with what takes each step back."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Generic, Self, TypeVar

from contracts.message import Command, Reply
from pydantic import BaseModel

from messaging.saga.state import State, Status

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
    """A saga as a value; the same one drives the runner, the diagrams and the property tests.

    Sagas under way know their step by its name. A release may insert steps: those that are past
    the place never do the new one, though they do take it back. A step that is renamed or gone
    strands those that stand in it (they call for attention): to retire one, let its ``do`` and
    ``undo`` write nothing, and drop it in a later release.

    Attributes:
        asked_again: Changes the data when an operator has what was refused asked again, for the
            n-th time: a refusal may be final for the id that stands in the command.
        numbered: Names of the steps when rows still kept positions, if those of now differ.
        forward: It is past its pivot from the start: whoever begins it has done that.
    """

    name: str
    data: type[D]
    deadline: timedelta = DEADLINE
    note: Callable[[D, Reply], D] = field(default=lambda data, _: data)
    returning: str = "end"
    if_undone: Callable[[D, Ending], Iterable[Command]] = field(default=lambda _, __: ())
    steps: tuple[Step[D], ...] = ()
    numbered: tuple[str, ...] = ()
    asked_again: Callable[[D, int], D] = field(default=lambda data, _: data)
    forward: bool = False

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

    def if_asked_again(self, change: Callable[[D, int], D]) -> Self:
        """Say how the data changes when an operator has what was refused asked again."""
        return replace(self, asked_again=change)

    def only_forward(self) -> Self:
        """Say that what cannot be taken back is done in the transaction that begins the saga.

        Every step is asked until it is done.
        """
        return replace(self, forward=True)

    def pivot(self, name: str, do: Callable[[D], Iterable[Command]]) -> Self:
        """Add the step after which the saga only goes forward.

        Raises:
            ValueError: There is one already, or it is over when the saga begins.
        """
        if self.forward or any(step.pivot for step in self.steps):
            raise ValueError(f"{self.name} has two pivots")
        return self._add(Step(name, do, pivot=True))

    def _add(self, step: Step[D]) -> Self:
        if step.name in {known.name for known in self.steps}:
            raise ValueError(f"{self.name} has two steps called {step.name!r}")
        return replace(self, steps=(*self.steps, step))

    @property
    def pivot_at(self) -> int:
        """Give the pivot's position; the number of steps when there is none, -1 when it is over."""
        if self.forward:
            return -1
        return next((n for n, step in enumerate(self.steps) if step.pivot), len(self.steps))

    def place_of(self, name: str | None) -> int | None:
        """Give a step's position; the number of steps for none, and none for an unknown one."""
        if name is None:
            return len(self.steps)
        return next((n for n, step in enumerate(self.steps) if step.name == name), None)

    def step_name(self, state: State) -> str:
        """Name the step at which a saga stands, or the last act of one that is taken back."""
        return state.step or self.returning

    def past_pivot(self, state: State) -> bool:
        """Tell whether a saga only goes forward; so does one whose step is unknown."""
        place = self.place_of(state.step)
        return state.status is not Status.UNDOING and (place is None or place > self.pivot_at)

    def can_cancel(self, state: State) -> bool:
        """Tell whether staff may have it taken back, and have not asked for it yet."""
        running = state.status is Status.RUNNING
        return running and not state.cancelled and not self.past_pivot(state)

    def can_ask_again(self, state: State) -> bool:
        """Tell whether the step can be asked again: it is known, and the saga is not over.

        Where a part of it was refused the other answers are awaited first: a part that is asked
        again under another id must not be under way.
        """
        awaited = state.refused_here > 0 and bool(state.open)
        return not (state.ended or awaited) and self.place_of(state.step) is not None

    def can_let_be(self, state: State) -> bool:
        """Tell whether to go on without what was refused: after the pivot, or while taking back."""
        answered = state.refused_here > 0 and not state.open and state.step is not None
        undoing = state.status is Status.UNDOING
        return answered and self.can_ask_again(state) and (undoing or self.past_pivot(state))

    def read(self, stored: Mapping[str, Any]) -> State:
        """Read the state of a saga of this definition from its row."""
        return State.read(stored, self.numbered or [step.name for step in self.steps])


def saga(
    name: str,
    data: type[D],
    *,
    deadline: timedelta = DEADLINE,
    note: Callable[[D, Reply], D] = lambda data, _: data,
    numbered: tuple[str, ...] = (),
) -> SagaDefinition[D]:
    """Begin the definition of a saga.

    Args:
        name: ``<service>.<process>``.
        data: Class of what the saga knows.
        deadline: How long it may take to reach its pivot.
        note: Takes what is needed later out of a reply.
        numbered: The steps as rows of before they had names count them; needed once that differs.
    """
    return SagaDefinition(name, data, deadline, note, numbered=numbered)
