"""What the test gateway does with a card, by its token.

tok_ok                      authorises
tok_decline                 declines
tok_slow[_S]                authorises, and answers after S seconds
tok_timeout_charged[_N]     authorises, and gives no answer to the first N calls
tok_timeout_uncharged[_N]   gives no answer to the first N calls, then authorises
tok_500_charged[_N]         authorises, and answers the first N calls with an error
tok_500_uncharged[_N]       answers the first N calls with an error, then authorises

S is 2 and N is 1 unless given. Any other token is declined.
"""

import re
from dataclasses import dataclass
from enum import Enum, auto

_TOKEN = re.compile(
    r"tok_(?P<act>ok|decline|slow|timeout_charged|timeout_uncharged|500_charged|500_uncharged)"
    r"(?:_(?P<number>\d{1,4}(?:\.\d{1,3})?))?",
    re.ASCII,
)


class Manner(Enum):
    """How the gateway answers."""

    PROMPT = auto()
    NOT = auto()
    ERROR = auto()


@dataclass(frozen=True, slots=True)
class Script:
    """What happens to a card.

    Attributes:
        decline: Why it is declined; none if it is authorised.
        delay: Seconds before an answer.
        failing: How the first ``failures`` calls are answered.
        charges: Whether the call does its work while it fails.
    """

    decline: str | None = None
    delay: float = 0
    failing: Manner = Manner.PROMPT
    failures: int = 0
    charges: bool = True


def script_of(token: str) -> Script:
    """Give what a token stands for."""
    match = _TOKEN.fullmatch(token)
    if match is None:
        return Script(decline="the card is not known")
    act, number = match["act"], match["number"]
    if act == "ok":
        return Script()
    if act == "decline":
        return Script(decline="the card was declined")
    if act == "slow":
        return Script(delay=float(number or 2))
    failing = Manner.NOT if act.startswith("timeout") else Manner.ERROR
    return Script(
        failing=failing, failures=int(float(number or 1)), charges=act.endswith("_charged")
    )
