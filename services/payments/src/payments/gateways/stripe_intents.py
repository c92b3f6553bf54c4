"""What a PaymentIntent of Stripe's says."""

from typing import Any
from uuid import UUID

from contracts.values import PaymentId

from payments.domain.gateway import Action, Standing

Intent = Any
"""A PaymentIntent as Stripe gives it; older servers leave fields out."""
CANCELABLE = {
    "requires_payment_method",
    "requires_confirmation",
    "requires_action",
    "requires_capture",
    "processing",
}
STAYS = CANCELABLE - {"processing"}
"""What a PaymentIntent that Stripe did not cancel stays in; what is processed may yet change."""


def standing_of(intent: Intent) -> Standing:
    match intent.status:
        case "requires_capture" | "succeeded":
            return Standing.AUTHORISED
        case "requires_action":
            return Standing.REQUIRES_ACTION
        case "requires_payment_method":
            return Standing.DECLINED
        case "canceled":
            return Standing.VOIDED
        case _:  # not decided yet; whoever calls asks again under the same key
            return Standing.NOT_FOUND


def action_of(intent: Intent) -> Action:
    redirect = getattr(intent.next_action, "redirect_to_url", None)
    url = getattr(redirect, "url", None)
    return Action(url=url, secret=None if url else intent.client_secret)


def decline_of(intent: Intent) -> str | None:
    error = getattr(intent, "last_payment_error", None)
    return getattr(error, "message", None) if error is not None else None


def our_id(intent: Intent) -> PaymentId | None:
    found = _uuid(intent, "payment_id")
    return None if found is None else PaymentId(found)


def operation_id_of(refund: Any) -> UUID | None:  # noqa: ANN401 - as Stripe gives it
    return _uuid(refund, "operation_id")


def _uuid(thing: Any, name: str) -> UUID | None:  # noqa: ANN401 - as Stripe gives it
    metadata: Any = thing.metadata or {}
    try:
        return UUID(metadata[name])
    except (KeyError, ValueError):
        return None
