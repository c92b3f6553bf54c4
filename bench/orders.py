"""The two ways an order is placed over HTTP: step by step, and in one call."""

import json
import time
from dataclasses import dataclass
from uuid import uuid4

from bench.following import Endings, NotSubmitted
from bench.http import Api, Json
from bench.seed import SITE, Retailer, address

_ORDERS = "/api/orders/v1/orders"
_SHIPPING: Json = {"cost": {"minor": 495, "currency": "GBP"}}
_PAYMENT: Json = {"method": "bank-transfer"}


@dataclass(slots=True)
class Ordering:
    """Places orders on the running system.

    Attributes:
        placed: How many, of either way; each takes the next customer and the next products.
    """

    api: Api
    retailer: Retailer
    endings: Endings
    placed: int = 0

    async def in_one_call(self, _number: int) -> float:
        """Place an order with one request; gives the seconds until it is SUBMITTED."""
        customer, first, second = self._next()
        body = {
            "site": SITE,
            "customer_id": customer,
            "lines": [first, second],
            "shipping": _SHIPPING,
            "payments": [_PAYMENT],
            "submit": True,
        }
        began = time.perf_counter()
        order = await self.api.post(_ORDERS, body, uuid4())
        return await self._submitted(order["id"]) - began

    async def step_by_step(self, _number: int) -> float:
        """Place an order as a clerk's screen does, with eight requests."""
        customer, first, second = self._next()
        order = (await self.api.post(_ORDERS, {"site": SITE}, uuid4()))["id"]
        one = f"{_ORDERS}/{order}"
        await self.api.put(f"{one}/customer", {"customer_id": customer})
        await self.api.post(f"{one}/lines", first, uuid4())
        await self.api.post(f"{one}/lines", second, uuid4())
        where = address("Ada Byron")
        await self.api.put(f"{one}/addresses", {"billing": where, "shipping": where})
        await self.api.put(f"{one}/shipping", _SHIPPING)
        await self.api.post(f"{one}/payments", _PAYMENT, uuid4())
        began = time.perf_counter()
        await self.api.post(f"{one}/submission", {}, uuid4())
        return await self._submitted(order) - began

    async def _submitted(self, order: str) -> float:
        """Wait for an order's end; says what became of its submission when there is none."""
        try:
            return await self.endings.submitted(order)
        except NotSubmitted as error:
            submission = await self.api.get(f"{_ORDERS}/{order}/submission")
            raise NotSubmitted(f"{error}; its submission: {json.dumps(submission)}") from error

    async def verify(self) -> None:
        """See that the API tells of just as many submitted orders as were placed.

        Raises:
            NotSubmitted: It does not.
        """
        found, after = 0, ""
        while True:
            page = await self.api.get(
                f"{_ORDERS}?site={SITE}&state=submitted&limit=200{after and f'&after={after}'}"
            )
            found += len(page["items"])
            if page["next"] is None:
                break
            after = page["next"]
        if found != self.placed:
            raise NotSubmitted(f"{self.placed} orders were placed, {found} are submitted")

    def _next(self) -> tuple[str, Json, Json]:
        """Give a customer and two lines of different products."""
        number = self.placed
        self.placed += 1
        products, customers = self.retailer.products, self.retailer.customers
        lines = [
            {"sku": products[(number * 2 + place) % len(products)], "units": place + 1}
            for place in range(2)
        ]
        return customers[number % len(customers)], lines[0], lines[1]
