"""The ways to pay that a site offers, asked for before a transaction is opened."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from contracts.payments.questions import TellMethods
from contracts.payments.replies import MethodsTold
from contracts.values import SiteId
from messaging.transport import Asker, Unanswered


@dataclass(frozen=True, slots=True)
class WayToPay:
    """A way to pay.

    Attributes:
        gateway: What it goes through; none when the money comes from outside.
        tokens: Tokens of a test gateway with what each does; none where its own field gives them.
    """

    code: str
    gateway: str | None = None
    tokens: Mapping[str, str] = field(default_factory=dict[str, str])


async def ways_to_pay(asker: Asker, site_id: SiteId) -> tuple[WayToPay, ...]:
    """Ask what a site offers.

    Raises:
        Unanswered: The payments service gave no answer in time.
    """
    answer = await asker.ask(TellMethods(site_id=site_id))
    if not isinstance(answer, MethodsTold):
        raise Unanswered(answer.owner())
    return tuple(WayToPay(one.code, one.gateway, one.tokens or {}) for one in answer.methods)
