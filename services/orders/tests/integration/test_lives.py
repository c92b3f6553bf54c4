"""Orders live at random through the real API, and the audit leads back to every moment of it."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from contracts.catalog.commands import ReserveStock
from contracts.catalog.replies import StockRefused

from services.orders.tests.driving import ALL, Orders, gbp
from services.orders.tests.integration.test_past_carts_and_orders import a_cart
from services.orders.tests.integration.test_past_carts_and_orders import call as call_carts
from services.orders.tests.visiting import mailed

CARD = {"method": "card", "token": "tok_ok"}
LEEDS = {"name": "Grace", "lines": ["2 Lane"], "city": "Leeds", "country": "GB"}
NOT_KEPT = {"lease", "missing"}
"""Who is at work is no change of the order, and what is missing depends on its site of now."""


@dataclass
class Life:
    """An order, and how it was seen at each moment.

    Attributes:
        moments: By the database's clock, each with the order as it was read then.
    """

    orders: Orders
    chance: random.Random
    order: dict[str, Any]
    moments: list[tuple[datetime, dict[str, Any]]] = field(
        default_factory=list[tuple[datetime, dict[str, Any]]]
    )

    async def see(self) -> None:
        found = await self.orders.get(self.order)
        [(now,)] = await self.orders.sql("SELECT clock_timestamp()")
        self.moments.append((now, found))

    async def call(self, method: str, part: str, body: object = None) -> httpx2.Response:
        path = f"/{self.order['id']}{part}"
        answer = await self.orders.call(method, path, body, Idempotency_Key=uuid4().hex)
        assert answer.status_code < 500, answer.text
        return answer

    async def edit(self) -> None:
        line, units = self.chance.randint(1, 3), self.chance.randint(1, 5)
        edits: list[tuple[str, str, object]] = [
            ("POST", "/lines", {"sku": self.chance.choice(["MUG", "TEE"]), "units": units}),
            ("PATCH", f"/lines/{line}", {"units": units}),
            ("DELETE", f"/lines/{line}", None),
            ("PUT", "/addresses", {"shipping": LEEDS, "billing": LEEDS}),
            ("PUT", "/notes", {"staff_note": f"note {units}"}),
            ("PUT", "/shipping", {"cost": gbp(100 * units)}),
            ("POST", "/payments", CARD),
            ("DELETE", "/payments/1", None),
            ("PUT", "/coupons/TEN", None),
        ]
        await self.call(*self.chance.choice(edits))

    async def lease(self) -> None:
        await self.call("PUT", "/lease", {})
        await self.see()
        await self.call("DELETE", "/lease")

    async def hand_in(self) -> None:
        await self.call("POST", "/submission")
        await self.go_on()

    async def hand_over(self) -> None:
        """By mail; the customer pays, or does not."""
        if self.moments[-1][1]["state"] != "draft" or self.moments[-1][1]["missing"]:
            return
        customer = await mailed(self.orders, self.order)
        await self.see()
        if self.chance.random() < 0.5:
            await customer.send(await customer.look(), method="card")
            await self.go_on()
        else:
            await self.call("DELETE", "/hand-over")

    async def revise(self) -> None:
        wishes: list[dict[str, Any]] = [
            {"lines": [{"line_id": self.chance.randint(1, 4), "units": self.chance.randint(0, 4)}]},
            {"lines": [{"sku": "TEE", "units": 1}], "payments": [CARD]},
            {"shipping_address": LEEDS, "reason": {"code": "wrong-address"}},
        ]
        await self.call("POST", "/revision", self.chance.choice(wishes))
        await self.go_on()

    async def cancel(self) -> None:
        await self.call("POST", "/cancellation", {"reason": {"code": "changed-mind"}})
        await self.go_on()

    async def return_cart(self) -> None:
        await self.call("POST", "/return-cart")

    async def go_on(self) -> None:
        """Let what is under way come to its end, or some of the way, or be refused."""
        shop = self.orders.shop
        if self.chance.random() < 0.2:
            shop.says[ReserveStock] = lambda command: StockRefused(
                code="OUT_OF_STOCK", detail="short", submission_id=command.submission_id
            )
        await self.orders.carry(hops=self.chance.choice([1, 2, 3, 50]))
        await self.see()
        shop.says.clear()
        await self.orders.carry()

    async def act(self) -> None:
        ends = [self.lease, self.hand_over, self.cancel, self.return_cart]
        doings: dict[str, list[Callable[[], Awaitable[None]]]] = {
            "draft": [*[self.edit] * 5, *[self.hand_in] * 2, *ends],
            "submitting": [self.go_on, self.cancel],
            "submitted": [*[self.revise] * 4, self.cancel, self.edit],
            "cancelled": [self.cancel, self.revise],
        }
        state = (await self.orders.get(self.order))["state"]
        await self.chance.choice(doings[state])()
        await self.see()


async def begun(orders: Orders, chance: random.Random) -> Life:
    """Begin an order, or take a customer's cart over."""
    site = await orders.site()
    if chance.random() < 0.3:
        cart = await a_cart(orders, site)
        taken = await call_carts(orders, "POST", f"/{cart['id']}/take-over")
        assert taken.status_code == 201, taken.text
        return Life(orders, chance, taken.json())
    return Life(orders, chance, await orders.full_draft(site, payments=[CARD]))


@pytest.mark.parametrize("seed", range(8))
async def test_the_audit_leads_back_to_every_moment_of_a_life(orders: Orders, seed: int) -> None:
    """SC-2: over edits, hand-over, takeover, submission, revisions and cancels; gapless (EV-1)."""
    orders.shop.coupons["TEN"] = 10
    chance = random.Random(seed)
    life = await begun(orders.staff(permissions=(*ALL, "carts.take-over"), name="boss"), chance)
    await life.see()
    for _ in range(14):
        await life.act()

    for at, then in life.moments:
        past = await orders.get(life.order, f"?at={at.isoformat()}".replace("+", "%2B"))
        for name in then.keys() - NOT_KEPT:
            assert past[name] == then[name], (name, at)
    entries = (await orders.get(life.order, "/changes?limit=200"))["items"]
    assert [one["at"] for one in entries] == sorted(one["at"] for one in entries)
    versions = [one["version"] for one in entries]
    assert versions == sorted(versions)
    assert set(versions) == set(range(1, versions[-1] + 1))
    told = [one for one in await orders.take("evt.") if one.subject == life.order["id"]]
    assert [one.sequence for one in told] == list(range(1, len(told) + 1))
