"""What the test gateway does with a card, by its token.

tok_ok                      authorises
tok_decline                 declines
tok_slow[_S]                authorises, and answers after S seconds
tok_timeout_charged[_N]     authorises, and gives no answer to the first N calls
tok_timeout_uncharged[_N]   gives no answer to the first N calls, then authorises
tok_500_charged[_N]         authorises, and answers the first N calls with an error
tok_500_uncharged[_N]       answers the first N calls with an error, then authorises
tok_action[_N]              asks for 3-D Secure; the webhook about it comes N times
tok_action_reordered        the same; the webhooks come newest first
tok_capture_...             authorises; ``...`` then happens to each capture, as above
tok_refund_...              authorises; ``...`` then happens to each refund, as above
tok_void_decline[_N]        authorises; refuses voids
tok_single_capture          authorises; the first capture lets go of the rest, as many gateways do

S is 2 and N is 1 unless given. ``tok_refund_decline`` refuses refunds, and voids that would have to
refund; ``tok_capture_decline`` captures. With ``_N`` only the first N operations are refused. Under
the same key an operation is refused again, as it is carried out again. Any other token is declined.
"""

import re
from dataclasses import dataclass
from enum import Enum, auto

_FAILING = "timeout_charged|timeout_uncharged|500_charged|500_uncharged"
_TOKEN = re.compile(
    rf"tok_(?:(?P<when>capture|refund|void)_)?"
    rf"(?P<act>ok|decline|slow|action_reordered|action|single_capture|{_FAILING})"
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
        declines: How many operations are declined; none: all.
        delay: Seconds before an answer.
        failing: How the first ``failures`` calls are answered.
        charges: Whether the call does its work while it fails.
        webhooks: How often the customer's action is told; 0 when none is asked for.
        reordered: Whether webhooks come newest first.
        one_capture: Whether a capture lets go of the rest.
    """

    decline: str | None = None
    declines: int | None = None
    delay: float = 0
    failing: Manner = Manner.PROMPT
    failures: int = 0
    charges: bool = True
    webhooks: int = 0
    reordered: bool = False
    one_capture: bool = False

    def refuses(self, refused: int) -> bool:
        """Tell whether an operation is refused, after ``refused`` that were."""
        return self.decline is not None and (self.declines is None or refused < self.declines)

    def fails(self, calls: int) -> bool:
        """Tell whether the ``calls``th call (from 1) is one that fails."""
        return calls <= self.failures


def script_of(token: str) -> Script:
    """Give what a token stands for when the card is authorised."""
    match = _TOKEN.fullmatch(token)
    if match is None:
        return Script(decline="the card is not known")
    return Script() if match["when"] else _script(match)


def later_script(token: str | None, when: str) -> Script:
    """Give what a token stands for at a ``capture``, a ``refund`` or a ``void``."""
    match = _TOKEN.fullmatch(token or "")
    if match is None:
        return Script()
    if match["act"] == "single_capture":
        return Script(one_capture=True)
    return _script(match) if match["when"] == when else Script()


def is_known(token: str) -> bool:
    """Tell whether the token is one of the test gateway's: those are public."""
    return _TOKEN.fullmatch(token) is not None


def _script(match: re.Match[str]) -> Script:
    act, number = match["act"], match["number"]
    times = int(float(number or 1))
    if act in {"ok", "single_capture"}:
        return Script()
    if act == "decline":
        return Script(
            decline="the card was declined", declines=int(float(number)) if number else None
        )
    if act == "slow":
        return Script(delay=float(number or 2))
    if act.startswith("action"):
        return Script(webhooks=times, reordered=act.endswith("reordered"))
    failing = Manner.NOT if act.startswith("timeout") else Manner.ERROR
    return Script(failing=failing, failures=times, charges=act.endswith("_charged"))
