"""A site whose cards go through Stripe."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from contracts.payments.commands import AuthorisePayment, CapturePayment, RefundPayment, VoidPayment
from payments.gateways.caller import Caller, Pace
from payments.gateways.stripe import StripeGateway

from services.payments.tests.api import Api, open_api
from services.payments.tests.driving import Payments, a_site, an_authorisation
from services.payments.tests.stripe_server import KEY
from tests.support import eventually

SECRET = "whsec_of_ours"
VISA, NEEDS_3DS, DECLINED = "4242424242424242", "4000002500003155", "4000000000000341"
PACE = Pace(
    timeout=timedelta(seconds=5),
    lease=timedelta(seconds=15),
    first_rest=timedelta(seconds=0.02),
    longest_rest=timedelta(seconds=0.1),
    at_once=8,
)


@dataclass
class Shop:
    """A site whose cards go through Stripe."""

    payments: Payments
    api: Api
    site: Any
    caller: Caller

    async def pay(self, token: str) -> tuple[AuthorisePayment, str]:
        """Ask for a payment and have Stripe called; gives what was answered, or the state."""
        asked = an_authorisation(self.site.site_id, token)
        (id_,) = await self.payments.send(asked)
        await self.settle()
        answered = await self.payments.answered(id_)
        return asked, answered or f"{await self.payments.state(asked.payment_id)}"

    async def settle(self) -> None:
        """Call for what is due until nothing is, or the customer has to act."""
        query = "SELECT count(*) FROM payment WHERE due_at IS NOT NULL AND action IS NULL"

        async def done() -> bool:
            await self.caller.once()
            return not (await self.payments.rows(query))[0][0]

        await eventually(done, timeout=30)

    async def command(
        self, command: CapturePayment | RefundPayment | VoidPayment
    ) -> dict[str, Any]:
        (id_,) = await self.payments.send(command)
        await self.settle()
        reply = await self.payments.reply(id_)
        assert reply is not None
        return reply[1]


@asynccontextmanager
async def open_shop(
    payments: Payments, database: str, address: str, patch: pytest.MonkeyPatch
) -> AsyncGenerator[Shop]:
    """Give a shop whose Stripe is at this address."""
    patch.setenv("PAYMENTS_STRIPE_API_KEY", KEY)
    patch.setenv("PAYMENTS_STRIPE_API_BASE", address)
    patch.setenv("PAYMENTS_STRIPE_WEBHOOK_SECRET", SECRET)
    async with open_api(database) as api:
        site = a_site()
        await payments.send(site)
        answer = await api.call(
            "PUT", f"/sites/{site.code}/methods/card", json={"enabled": True, "gateway": "stripe"}
        )
        assert answer.json()["gateway"] == "stripe", answer.text
        gateway = StripeGateway(KEY, base=address)
        yield Shop(payments, api, site, Caller(payments.sessions, {"stripe": gateway}, PACE))
        await gateway.close()
