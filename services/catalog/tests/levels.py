"""The customers service, as far as the catalog asks it."""

from dataclasses import dataclass, field

from contracts.customers.questions import CheckLevels
from contracts.customers.replies import LevelsChecked
from contracts.message import Question, Reply
from messaging.transport import Unanswered


@dataclass
class KnownLevels:
    """Every customer set has the same levels.

    Attributes:
        away: It gives no answer.
        asked: How often it was.
    """

    codes: set[str] = field(default_factory=lambda: {"trade", "retail"})
    away: bool = False
    asked: int = 0

    async def ask(self, question: Question, *, timeout: float = 5.0) -> Reply:  # noqa: ARG002, ASYNC109
        assert isinstance(question, CheckLevels)
        self.asked += 1
        if self.away:
            raise Unanswered(question.owner())
        return LevelsChecked(
            unknown=tuple(level for level in question.levels if level.code not in self.codes)
        )
