"""Compares what the gateways say with our books, and both with the orders.

missing-at-gateway   our books hold money that the gateway knows nothing of
unknown-to-us        the gateway holds money of a payment that our books do not have
held-twice           the gateway holds money under two names for one payment
amounts-differ       taken, given back or held: they do not agree
held-for-nothing     money is held for an order that was cancelled
paid-too-much        an order's payments hold more than it costs (PA-8)
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from contracts.values import OrderId, PaymentId

from payments.domain.amounts import Amounts
from payments.domain.gateway import Listed


class Trouble(StrEnum):
    """What does not agree."""

    MISSING_AT_GATEWAY = "missing-at-gateway"
    UNKNOWN_TO_US = "unknown-to-us"
    HELD_TWICE = "held-twice"
    AMOUNTS_DIFFER = "amounts-differ"
    HELD_FOR_NOTHING = "held-for-nothing"
    PAID_TOO_MUCH = "paid-too-much"


@dataclass(frozen=True, slots=True)
class Ours:
    """A payment as our books have it, at rest: nothing is left to do at its gateway."""

    payment_id: PaymentId
    order_id: OrderId
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class Priced:
    """What an order costs, in minor units; nothing once it is cancelled."""

    order_id: OrderId
    total: int
    cancelled: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not agree.

    Attributes:
        amounts: The sums that disagree, in minor units, by name.
    """

    trouble: Trouble
    gateway: str | None = None
    payment_id: PaymentId | None = None
    order_id: OrderId | None = None
    reference: str | None = None
    amounts: Mapping[str, int] = field(default_factory=dict[str, int])


def compare(
    gateway: str, ours: Iterable[Ours], theirs: Sequence[Listed], known: set[PaymentId]
) -> list[Finding]:
    """Compare our books with one gateway's.

    Args:
        gateway: Its name.
        ours: The payments at rest that went through this gateway, asked for in the same time.
        theirs: What the gateway lists of that time.
        known: Every payment of ours that it lists, at rest or not; others are unknown to us.
    """
    listed: dict[PaymentId, list[Listed]] = {}
    findings: list[Finding] = []
    for one in theirs:
        if one.payment_id in known and one.payment_id is not None:
            listed.setdefault(one.payment_id, []).append(one)
        elif one.held:
            findings.append(
                Finding(
                    Trouble.UNKNOWN_TO_US,
                    gateway,
                    one.payment_id,
                    reference=one.reference,
                    amounts={"held": one.held},
                )
            )
    for id_, several in listed.items():
        if len([one for one in several if one.held]) > 1:
            held = sum(one.held for one in several)
            findings.append(Finding(Trouble.HELD_TWICE, gateway, id_, amounts={"held": held}))
    for payment in ours:
        findings += _of_one(gateway, payment, listed.get(payment.payment_id, []))
    return findings


def compare_orders(ours: Iterable[Ours], orders: Iterable[Priced]) -> list[Finding]:
    """Compare what payments hold with what their orders cost."""
    held: dict[OrderId, int] = {}
    for payment in ours:
        held[payment.order_id] = held.get(payment.order_id, 0) + payment.amounts.held
    findings: list[Finding] = []
    for order in orders:
        holds = held.get(order.order_id, 0)
        sums = {"held": holds, "total": order.total}
        if order.cancelled and holds:
            trouble = Trouble.HELD_FOR_NOTHING
        elif not order.cancelled and holds > order.total:
            trouble = Trouble.PAID_TOO_MUCH
        else:
            continue
        findings.append(Finding(trouble, order_id=order.order_id, amounts=sums))
    return findings


def _of_one(gateway: str, payment: Ours, listed: Sequence[Listed]) -> list[Finding]:
    sums = payment.amounts
    if not listed:
        if not sums.held:
            return []
        missing = {"held": sums.held}
        return [
            Finding(
                Trouble.MISSING_AT_GATEWAY,
                gateway,
                payment.payment_id,
                payment.order_id,
                amounts=missing,
            )
        ]
    one = max(listed, key=lambda each: each.held)
    ours = {"captured": sums.captured, "refunded": sums.refunded, "held": sums.held}
    theirs = {"captured": one.captured, "refunded": one.refunded, "held": one.held}
    if ours == theirs:
        return []
    differing = {f"our {name}": ours[name] for name in ours} | {
        f"their {name}": theirs[name] for name in theirs
    }
    return [
        Finding(
            Trouble.AMOUNTS_DIFFER,
            gateway,
            payment.payment_id,
            payment.order_id,
            one.reference,
            differing,
        )
    ]
