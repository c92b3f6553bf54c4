"""The ways to pay that a site offers, asked for before a transaction is opened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from contracts.gift_cards import CodeDigest
from contracts.payments.questions import TellCredit, TellMethods, TellPayments
from contracts.payments.replies import CreditTold, MethodsTold, PaymentsTold
from contracts.values import CustomerId, OrderId, PaymentId, SiteId
from messaging.transport import Asker, Unanswered

from orders.domain.splitting import Purse


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


async def purse_of(
    asker: Asker, site_id: SiteId, customer_id: CustomerId, cards: Sequence[CodeDigest]
) -> Purse:
    """Ask what a customer has in store credit, and on gift cards of which they told the codes.

    Raises:
        Unanswered: The payments service gave no answer in time, or knows of no digests yet.
    """
    asked = TellCredit(site_id=site_id, customer_id=customer_id, code_digests=tuple(cards))
    answer = await asker.ask(asked)
    if not isinstance(answer, CreditTold) or len(answer.gift_cards) != len(cards):
        raise Unanswered(answer.owner())
    told = zip(cards, answer.gift_cards, strict=True)
    return Purse(
        credit=answer.store_credit.minor if answer.store_credit else 0,
        gift_cards={card: left.minor for card, left in told if left is not None},
    )


_PATIENCE = 2.0
"""Seconds that what is only good to know is waited for."""


@dataclass(frozen=True, slots=True)
class BankAsks:
    """The customer's bank wants to know whether it is them who pays (3-D Secure).

    Attributes:
        url: The bank's page, where they answer; none when there is no address of it.
    """

    url: str | None


async def banks_asking(asker: Asker, order_id: OrderId) -> Mapping[PaymentId, BankAsks]:
    """Tell for which payments of an order a bank asks; none are known without an answer in time."""
    try:
        answer = await asker.ask(TellPayments(order_id=order_id), timeout=_PATIENCE)
    except Unanswered:
        return {}
    if not isinstance(answer, PaymentsTold):
        return {}
    asking = (one for one in answer.payments if one.action_required)
    return {one.payment_id: BankAsks(_web_address(one.action_url)) for one in asking}


def _web_address(url: str | None) -> str | None:
    """Give an address that a page may lead to: it comes from outside."""
    return url if url is not None and url.startswith(("https://", "http://")) else None
