"""The reason that comes with a cancel or a revision."""

from typing import Self

from chassis.http import Body
from pydantic import model_validator
from pydantic_core import PydanticCustomError

from orders.api.fields import Text200
from orders.domain.reasons import Reason, Why


class ReasonBody(Body):
    """Why; ``text`` is for staff only, and ``other`` says nothing without it."""

    code: Why
    text: Text200 | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.code is Why.OTHER and self.text is None:
            raise PydanticCustomError("reason_text_missing", "say in words what the reason is")
        return self

    @property
    def reason(self) -> Reason:
        """Give the reason as the domain knows it."""
        return Reason(self.code, self.text)
