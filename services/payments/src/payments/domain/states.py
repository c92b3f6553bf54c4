"""Where a payment stands, and from where it may come there.

requested -> calling -> authorised -> partly-captured -> captured
-> declined      partly-refunded -> refunded
-> unknown       voided
pending   expected from outside, or waiting for the customer's bank
"""

from enum import StrEnum


class State(StrEnum):
    """Where a payment stands, as far as this service knows (PA-7)."""

    PENDING = "pending"
    REQUESTED = "requested"
    CALLING = "calling"
    UNKNOWN = "unknown"
    AUTHORISED = "authorised"
    DECLINED = "declined"
    PARTLY_CAPTURED = "partly-captured"
    CAPTURED = "captured"
    PARTLY_REFUNDED = "partly-refunded"
    REFUNDED = "refunded"
    VOIDED = "voided"


_ASKING = frozenset({State.REQUESTED, State.CALLING, State.UNKNOWN, State.PENDING})
_TAKEN = frozenset({State.PARTLY_CAPTURED, State.CAPTURED, State.PARTLY_REFUNDED})

ORIGINS: dict[State, frozenset[State]] = {
    State.REQUESTED: frozenset(),
    State.CALLING: frozenset({State.REQUESTED}),
    State.UNKNOWN: frozenset({State.CALLING}),
    State.PENDING: _ASKING,
    State.AUTHORISED: _ASKING,
    State.DECLINED: _ASKING,
    State.PARTLY_CAPTURED: frozenset({State.PENDING, State.AUTHORISED, State.PARTLY_CAPTURED}),
    State.CAPTURED: frozenset({State.PENDING, State.AUTHORISED, State.PARTLY_CAPTURED}),
    State.PARTLY_REFUNDED: _TAKEN,
    State.REFUNDED: _TAKEN | {State.PENDING, State.AUTHORISED},
    State.VOIDED: _ASKING | {State.AUTHORISED},
}
"""The states from which each state may be entered; from any other it is a fault."""

TOLD = frozenset(State) - {State.REQUESTED, State.CALLING}
"""The states that everyone is told of; the others are on the way to one."""

WITHOUT_MONEY = frozenset({State.DECLINED, State.VOIDED, State.REFUNDED})
"""The states that hold no money, now and for good: whoever is in one stays there."""

WHEN_CALLED = {State.REQUESTED: State.CALLING}
"""The states that change because the gateway is being called."""
