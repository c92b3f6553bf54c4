"""Stripe, through its own SDK: PaymentIntents that are captured by hand.

Keys: our payment id authorises, an operation id captures or refunds, so that a repeat is the same
request to Stripe. What has become of one is looked up by its PaymentIntent, or by our payment id in
the metadata of those made since. Stripe takes money once: what a capture leaves is let go of.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import stripe

from payments.domain.gateway import Charge, Finding, Held, Listed, Part, Standing
from payments.domain.methods import No, gateway_refused
from payments.gateways.stripe_intents import (
    CANCELABLE,
    STAYS,
    Intent,
    action_of,
    decline_of,
    operation_id_of,
    our_id,
    standing_of,
)
from payments.gateways.stripe_units import from_stripe, to_stripe

_EARLIER = timedelta(hours=1)
"""How far Stripe's clock may be behind ours."""
_PAGE = 100
_TOO_FINE = "the gateway takes no such small part of this currency"
_REFUSED_AS_TOO_FINE = No("AMOUNT_OUT_OF_RANGE", _TOO_FINE)
_LIVE_REFUNDS = {"succeeded", "pending", "requires_action"}
_FINAL = (stripe.InvalidRequestError, stripe.CardError)
"""Answers that say no, under this key for good; after any other error nobody knows."""


@dataclass(frozen=True, slots=True)
class _Sums:
    """What has become of a PaymentIntent, in Stripe's units."""

    captured: int
    refunded: int
    voided: int
    done: frozenset[UUID]

    def ours(self, currency: str) -> "_Sums":
        """Give them in our minor units."""
        return _Sums(
            from_stripe(self.captured, currency),
            from_stripe(self.refunded, currency),
            from_stripe(self.voided, currency),
            self.done,
        )


class StripeGateway:
    """One Stripe account.

    Args:
        api_key: A restricted key will do: write PaymentIntents and Refunds.
        base: Where its API is; none: Stripe's own.
        return_url: Where the bank's page sends the customer afterwards; ``{order_id}`` in it is the
            order's id.
    """

    def __init__(
        self, api_key: str, *, base: str | None = None, return_url: str | None = None
    ) -> None:
        addresses: Any = {"api": base} if base else {}
        self._return_url = return_url
        self._http = stripe.HTTPXClient(timeout=30)
        self._client = stripe.StripeClient(
            api_key,
            base_addresses=addresses,
            http_client=self._http,
            max_network_retries=0,  # whoever calls looks up before anything is repeated
        )

    async def close(self) -> None:
        """Hang up."""
        await self._http.close_async()

    async def authorise(self, charge: Charge) -> Finding:
        """Make and confirm a PaymentIntent."""
        amount = to_stripe(charge.amount.minor, charge.amount.currency)
        if amount is None:
            return Finding(Standing.DECLINED, reason=_TOO_FINE)
        params: dict[str, Any] = {
            "amount": amount,
            "currency": charge.amount.currency.lower(),
            "capture_method": "manual",
            "confirm": True,
            "payment_method_types": ["card"],
            "metadata": {"payment_id": str(charge.payment_id)},
            _token_field(charge.token): charge.token,
        }
        if self._return_url:  # with it Stripe gives the bank's address, which needs no script
            order_id = str(charge.order_id or "")
            params["return_url"] = self._return_url.replace("{order_id}", order_id)
        try:
            intent = await self._client.v1.payment_intents.create_async(
                params,  # pyright: ignore[reportArgumentType] - the SDK's typed dictionary
                {"idempotency_key": str(charge.payment_id)},
            )
        except _FINAL as error:
            return Finding(Standing.DECLINED, reason=_reason(error))
        return await self._finding(intent)

    async def capture(self, held: Held, part: Part) -> Finding:
        """Take a part; Stripe lets go of the rest."""
        intent = await self._intent(held)
        if intent is None:
            return Finding(Standing.NOT_FOUND)
        amount = to_stripe(part.amount.minor, part.amount.currency)
        if amount is None:
            return replace(await self._finding(intent), refused=_REFUSED_AS_TOO_FINE)
        refused: No | None = None
        try:
            intent = await self._client.v1.payment_intents.capture_async(
                intent.id,
                {"amount_to_capture": amount},
                {"idempotency_key": str(part.operation_id)},
            )
        except _FINAL as error:
            refused = gateway_refused(_reason(error))
            intent = await self._client.v1.payment_intents.retrieve_async(intent.id)
        found = await self._finding(intent, part)
        return found if part.operation_id in found.done else replace(found, refused=refused)

    async def refund(self, held: Held, part: Part) -> Finding:
        """Give back a part."""
        intent = await self._intent(held)
        if intent is None:
            return Finding(Standing.NOT_FOUND)
        amount = to_stripe(part.amount.minor, part.amount.currency)
        if amount is None:
            return replace(await self._finding(intent), refused=_REFUSED_AS_TOO_FINE)
        refused = await self._give_back(held, intent, part.operation_id, amount)
        found = await self._finding(intent, part)
        return found if part.operation_id in found.done else replace(found, refused=refused)

    async def void(self, held: Held, operation_id: UUID) -> Finding:
        """Cancel the PaymentIntent, or give back what it took."""
        intent = await self._intent(held)
        if intent is None:
            return Finding(Standing.NOT_FOUND)
        refused: No | None = None
        if intent.status in CANCELABLE:
            try:
                intent = await self._client.v1.payment_intents.cancel_async(intent.id)
            except stripe.InvalidRequestError as error:
                intent = await self._client.v1.payment_intents.retrieve_async(intent.id)
                if intent.status in STAYS:  # else it was captured or canceled meanwhile
                    refused = gateway_refused(_reason(error))
        sums = await self._sums(intent, None)
        if rest := sums.captured - sums.refunded:
            refused = await self._give_back(held, intent, operation_id, rest)
        return replace(await self._finding(intent), refused=refused)

    async def look_up(self, held: Held, part: Part | None = None) -> Finding:
        """Tell how the newest PaymentIntent of this payment stands."""
        intent = await self._intent(held)
        return Finding(Standing.NOT_FOUND) if intent is None else await self._finding(intent, part)

    async def listed(self, since: datetime) -> AsyncIterator[Listed]:
        """List the PaymentIntents made since then."""
        async for intent in self._made_since(since):
            sums = (await self._sums(intent, None)).ours(intent.currency)
            set_aside = intent.amount if intent.status == "requires_capture" else 0
            open_ = from_stripe(set_aside, intent.currency)
            yield Listed(
                our_id(intent),
                intent.id,
                intent.currency.upper(),
                sums.captured,
                sums.refunded,
                open_ + sums.captured - sums.refunded,
            )

    async def _intent(self, held: Held) -> Intent | None:
        if held.reference is not None:
            return await self._client.v1.payment_intents.retrieve_async(held.reference)
        ours = [one async for one in self._made_since(held.since) if our_id(one) == held.payment_id]
        return max(ours, key=lambda one: one.created, default=None)

    async def _made_since(self, since: datetime) -> AsyncIterator[Intent]:
        """Give the PaymentIntents from the newest to those made before ``since``."""
        oldest = (since - _EARLIER).timestamp()
        page = await self._client.v1.payment_intents.list_async({"limit": _PAGE})
        async for intent in page.auto_paging_iter():
            if intent.created < oldest:
                return
            yield intent

    async def _give_back(self, held: Held, intent: Intent, key: UUID, amount: int) -> No | None:
        """Make a refund; gives why there is none, when Stripe refuses or the bank sent it back."""
        names = {"payment_id": str(held.payment_id), "operation_id": str(key)}
        try:
            made = await self._client.v1.refunds.create_async(
                {"payment_intent": intent.id, "amount": amount, "metadata": names},
                {"idempotency_key": f"refund:{key}"},
            )
        except _FINAL as error:
            return gateway_refused(_reason(error))
        if made.status in _LIVE_REFUNDS:
            return None
        why = getattr(made, "failure_reason", None) or made.status
        return gateway_refused(f"the refund is {made.status}: {why}")

    async def _finding(self, intent: Intent, part: Part | None = None) -> Finding:
        sums = (await self._sums(intent, part)).ours(intent.currency)
        standing = standing_of(intent)
        if standing is Standing.AUTHORISED and sums.captured and sums.captured == sums.refunded:
            standing = Standing.VOIDED
        return Finding(
            standing,
            intent.id,
            reason=decline_of(intent),
            captured=sums.captured,
            refunded=sums.refunded,
            voided=sums.voided,
            done=sums.done,
            action=action_of(intent) if standing is Standing.REQUIRES_ACTION else None,
        )

    async def _sums(self, intent: Intent, part: Part | None) -> _Sums:
        if intent.status == "canceled":
            return _Sums(0, 0, intent.amount, frozenset())
        if intent.status != "succeeded":
            return _Sums(0, 0, 0, frozenset())
        page = await self._client.v1.refunds.list_async(
            {"payment_intent": intent.id, "limit": _PAGE}
        )
        refunds = [one async for one in page.auto_paging_iter() if one.status in _LIVE_REFUNDS]
        received = getattr(intent, "amount_received", None)
        ours = [one for one in refunds if operation_id_of(one) is not None]
        if received is None:  # what a capture left is a refund that nobody asked for
            refunded = sum(one.amount for one in ours)
            captured = intent.amount - sum(one.amount for one in refunds) + refunded
        else:
            captured, refunded = received, sum(one.amount for one in refunds)
        done = {id_ for one in ours if (id_ := operation_id_of(one)) is not None}
        if part is not None and part.takes:  # it takes once: this PaymentIntent has been captured
            done.add(part.operation_id)
        return _Sums(captured, refunded, intent.amount - captured, frozenset(done))


def _token_field(token: str) -> str:
    return "confirmation_token" if token.startswith("ctoken_") else "payment_method"


def _reason(error: stripe.StripeError) -> str:
    return error.user_message or "the gateway does not take it"
