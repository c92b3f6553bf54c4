"""What requests about endpoints hold."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Annotated, Self
from uuid import UUID

from annotated_types import Ge, Le
from chassis.http import Body
from contracts.card_numbers import holds_card_number
from contracts.catalogue import every_message
from contracts.message import Event
from contracts.patterns import MOST_PATTERNS, Pattern
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from subscribers.domain.addresses import LONGEST_URL
from subscribers.queries.endpoints import EndpointView

_DAY = 24
MAX_POSITION = 2**63 - 1


class UnknownEventType(ValueError):
    """A pattern that no event has."""


@cache
def event_types() -> tuple[str, ...]:
    """List the types of all events."""
    return tuple(cls.type for cls in every_message() if issubclass(cls, Event))


def known_pattern(text: str) -> str:
    """Check a pattern: that it is one, and that some event has it.

    Raises:
        PatternMalformed: It is none.
        UnknownEventType: No event has it; a typing error, surely.
    """
    pattern = Pattern(text)
    if not any(pattern.matches(kind) for kind in event_types()):
        raise UnknownEventType(f"there is no event like {text!r}")
    return text


def _no_card(value: str) -> str:
    if holds_card_number(value):
        raise PydanticCustomError("card_number_refused", "the text looks like a card number")
    return value


PatternText = Annotated[str, AfterValidator(known_pattern)]
# The constraints come first: behind a validator they would not see the text without its blanks.
Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100, strip_whitespace=True),
    AfterValidator(_no_card),
]
Url = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST_URL), AfterValidator(_no_card)
]
Types = Annotated[list[PatternText], Field(min_length=1, max_length=MOST_PATTERNS)]
Reason = Annotated[
    str,
    StringConstraints(min_length=1, max_length=500, strip_whitespace=True),
    AfterValidator(_no_card),
]


def patterns_of(texts: Sequence[str]) -> tuple[Pattern, ...]:
    """Read patterns, each once, in their order."""
    return tuple(Pattern(text) for text in dict.fromkeys(texts))


class NewEndpoint(Body):
    """An endpoint to register.

    Attributes:
        url: ``https://...``, on the internet or in a network that the operator allows.
        types: Event types, or patterns over them: ``orders.order-submitted.v1``, ``orders.#``.
    """

    name: Name
    url: Url
    types: Types


class EndpointChange(Body):
    """What is to change; the rest stays."""

    name: Name | None = None
    url: Url | None = None
    types: Types | None = None


class Rotation(Body):
    """How a new secret takes the place of the present one.

    Attributes:
        overlap_hours: Both sign for so long: time for the other system to learn the new one.
    """

    overlap_hours: Annotated[float, Ge(0), Le(7 * _DAY)] = _DAY


class Disabling(Body):
    """Why nothing is to be sent any more."""

    reason: Reason


class Enabling(Body):
    """How an endpoint goes on.

    Attributes:
        catch_up: Whether it also gets what has happened while it was disabled.
    """

    catch_up: StrictBool = True


class Replay(Body):
    """From where everything is sent again: one of the two.

    Attributes:
        after: A position in the archive; 0: the oldest event that is kept.
        from_time: What has happened since.
    """

    after: Annotated[StrictInt, Ge(0), Le(MAX_POSITION)] | None = None
    from_time: AwareDatetime | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.after is None) == (self.from_time is None):
            raise ValueError("give either after or from_time")
        return self


class Skipping(Body):
    """Why an event is let go."""

    reason: Reason


class SecretShown(BaseModel):
    """A new secret; it is shown only here.

    Attributes:
        secret: ``whsec_...``, as Standard Webhooks libraries take it; none when the request was
            carried out before.
    """

    model_config = ConfigDict(frozen=True)

    id: UUID
    secret: str | None
    created_at: datetime


class EndpointMade(EndpointView):
    """A new endpoint, with its secret, which is shown only here.

    Attributes:
        secret: None when the request was carried out before.
    """

    secret: str | None
