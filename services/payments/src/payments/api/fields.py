"""What the requests of this service have in common."""

from typing import Annotated

from chassis.http import FreeText
from chassis.problems import FieldError, Problem
from contracts.values import Money
from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError


def _amount(money: Money) -> Money:
    if money.minor <= 0:
        raise PydanticCustomError("amount_out_of_range", "the amount must be more than nothing")
    return money


Amount = Annotated[Money, AfterValidator(_amount)]
"""An amount of money: more than nothing, else ``AMOUNT_OUT_OF_RANGE``."""
Reason = Annotated[
    FreeText, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00]*\S[^\x00]*$")
]
"""Why something is done, in staff's words."""


def key_reused(what: str) -> Problem:
    """Give the problem of a key that was used to do something else."""
    code, detail = "IDEMPOTENCY_KEY_REUSED", f"this key was used to {what}"
    wrong = FieldError(None, code, detail, parameter="header: Idempotency-Key")
    return Problem(422, code, detail, [wrong])
