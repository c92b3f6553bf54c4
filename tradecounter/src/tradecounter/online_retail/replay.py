"""Places a plan's orders over the public HTTP API; running it again creates nothing twice.

Everything has a name of its own (site and SKU codes, external references), and every creation an
idempotency key derived from it, so an import that was cut off is simply run again.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeVar
from uuid import UUID

from contracts.values import derived_id

from tradecounter.client import Api, ApiError, Json, once_sites_are_known
from tradecounter.online_retail.countries import Place, place_of
from tradecounter.online_retail.plan import Order, Plan, Product
from tradecounter.online_retail.report import Report

T = TypeVar("T")

SET, WAREHOUSE = "online-retail", "online-retail-warehouse"
REASON = "historic price"
_NAMES = UUID("5f0c1c56-0a5e-5d6e-9a4e-0f6f0b6f2d51")
_STOCK_LINES = 500
_PATIENCE = 900.0
"""Seconds an order may take to be submitted or returned."""

Progress = Callable[[str, int, int], None]
"""Told (what, done, of how many) after each piece of work."""


def gbp(pence: int) -> Json:
    """Give an amount as the API writes it."""
    return {"minor": pence, "currency": "GBP"}


@dataclass(slots=True)
class Replay:
    """One import against one system.

    Attributes:
        at_once: How many requests may be under way.
        customers: Id of each customer, by reference.
    """

    api: Api
    plan: Plan
    report: Report
    progress: Progress
    at_once: int = 8
    customers: dict[str, str] = field(default_factory=dict[str, str])

    async def run(self, factor: Fraction) -> None:
        """Make what is missing, then place the orders.

        Raises:
            ApiError: Something other than an order was refused, or the system does not answer.
        """
        await self._sites()
        await self._warehouse()
        await self._each("products", self.plan.products.values(), self._product)
        await self._stock(self.plan.opening_stock(factor))
        await self._each("customers", self.plan.customers.items(), self._customer)
        began = time.monotonic()
        await self._each("orders", self.plan.orders, self._order)
        self.report.seconds = time.monotonic() - began

    async def _sites(self) -> None:
        await self.api.put(f"/api/customers/v1/customer-sets/{SET}", {"name": "Online Retail"})
        for country in self.plan.countries:
            place = place_of(country)
            await self.api.put(f"/api/customers/v1/sites/{place.site}", _site(place))

    async def _warehouse(self) -> None:
        sites = sorted({place_of(country).site for country in self.plan.countries})
        body = {"name": "Online Retail warehouse", "sites": sites, "ships": True}
        await once_sites_are_known(
            lambda: self.api.put(f"/api/catalog/v1/locations/{WAREHOUSE}", body)
        )

    async def _product(self, product: Product) -> None:
        sites = {place_of(country).site for country in self.plan.countries}
        prices = {site: gbp(product.price) for site in sorted(sites)}
        await self.api.put(
            f"/api/catalog/v1/products/{product.sku}", {"name": product.name, "prices": prices}
        )

    async def _stock(self, wanted: dict[str, int]) -> None:
        """Bring the warehouse to its opening stock; what is there already stays."""
        there = {item["sku"]: item["on_hand"] async for item in self._listed_stock()}
        changes = [
            {"sku": sku, "change": units - there.get(sku, 0)}
            for sku, units in sorted(wanted.items())
            if units > there.get(sku, 0)
        ]
        for start in range(0, len(changes), _STOCK_LINES):
            lines = changes[start : start + _STOCK_LINES]
            key = derived_id(_NAMES, "stock", *(f"{one['sku']}+{one['change']}" for one in lines))
            body = {"location": WAREHOUSE, "reason": "opening stock", "lines": lines}
            await self.api.post("/api/catalog/v1/stock-adjustments", body, key)

    async def _listed_stock(self) -> AsyncIterator[Json]:
        after: dict[str, str] = {}
        while True:
            page = await self.api.get(
                "/api/catalog/v1/stock", location=WAREHOUSE, limit="200", **after
            )
            for item in page["items"]:
                yield item
            if page["next"] is None:
                return
            after = {"after": page["next"]}

    async def _customer(self, who: tuple[str, str]) -> None:
        reference, country = who
        body = _customer_body(reference, place_of(country))
        try:
            made = await self.api.post(
                "/api/customers/v1/customers", body, derived_id(_NAMES, "customer", reference)
            )
        except ApiError as error:
            if error.code not in {"EXTERNAL_REFERENCE_TAKEN", "EMAIL_TAKEN"}:
                raise
            self.customers[reference] = error.problem["customer_id"]
        else:
            self.customers[reference] = made.body["id"]

    async def _order(self, order: Order) -> None:
        id_ = await self._placed(order)
        found = await self._settled(id_)
        if found["state"] == "submitted":
            self._count(order, found)
            return
        reasons = [refusal["code"] for refusal in found.get("refusals", ())]
        self.report.orders_refused[reasons[0] if reasons else found["state"].upper()] += 1

    async def _placed(self, order: Order) -> str:
        """Create and submit the order; gives its id, also when an earlier run has created it."""
        body = _order_body(order, self.plan.products, self.customers[order.customer])
        key = derived_id(_NAMES, "order", order.invoice)
        try:
            made = await once_sites_are_known(
                lambda: self.api.post("/api/orders/v1/orders", body, key)
            )
        except ApiError as error:
            if error.code != "EXTERNAL_REFERENCE_TAKEN":
                raise
            return error.problem["order_id"]
        self.report.orders_created += made.new
        return made.body["id"]

    async def _settled(self, id_: str) -> Json:
        """Wait until the submission has ended, one way or the other."""
        deadline, rest = time.monotonic() + _PATIENCE, 0.1
        while True:
            found = await self.api.get(f"/api/orders/v1/orders/{id_}")
            if found["state"] != "submitting" or time.monotonic() > deadline:
                return found
            await asyncio.sleep(rest)
            rest = min(rest * 1.5, 2)

    def _count(self, order: Order, found: Json) -> None:
        """Add what the system has, and compare it with what the file says."""
        report, totals = self.report, found["totals"]
        report.orders_submitted += 1
        report.lines += len(found["lines"])
        report.units += sum(line["units"] for line in found["lines"])
        report.goods_pence += totals["goods"]["minor"]
        report.shipping_pence += totals["shipping"]["minor"]
        report.grand_pence += totals["total"]["minor"]
        there = (totals["goods"]["minor"], totals["shipping"]["minor"], totals["total"]["minor"])
        wanted = (order.goods, order.shipping, order.goods + order.shipping)
        if there != wanted:
            report.mismatches.append(f"invoice {order.invoice}: {there} is not {wanted}")

    async def _each(
        self, what: str, items: Iterable[T], work: Callable[[T], Awaitable[None]]
    ) -> None:
        """Do the work for each item, so many at once; the first fault ends it."""
        waiting = list(items)
        total, done, rest = len(waiting), 0, iter(waiting)

        async def worker() -> None:
            nonlocal done
            for item in rest:
                await work(item)
                done += 1
                self.progress(what, done, total)

        self.progress(what, 0, total)
        try:
            async with asyncio.TaskGroup() as workers:
                for _ in range(self.at_once):
                    workers.create_task(worker())
        except ExceptionGroup as group:
            raise group.exceptions[0] from None


def _site(place: Place) -> Json:
    return {
        "name": f"Online Retail {place.name}",
        "customer_set": SET,
        "country": place.code,
        "currency": "GBP",
        "time_zone": place.time_zone,
    }


def _customer_body(reference: str, place: Place) -> Json:
    address = {
        "name": f"Customer {reference}",
        "lines": ["1 Example Street"],
        "city": place.city,
        "region": place.region,
        "postal_code": place.postal_code,
        "country": place.code,
        "default_billing": True,
        "default_shipping": True,
    }
    return {
        "site": place.site,
        "first_name": "Customer",
        "last_name": reference,
        "email": f"customer-{reference}@example.com",
        "phones": [{"kind": "work", "number": "+44 20 7946 0018"}],
        "addresses": [{key: value for key, value in address.items() if value is not None}],
        "external_reference": reference,
    }


def _order_body(order: Order, products: dict[str, Product], customer_id: str) -> Json:
    lines: list[Json] = []
    for line in order.lines:
        body: Json = {"sku": line.sku, "units": line.units}
        if line.price != products[line.sku].price:
            body["price"] = {"unit": gbp(line.price), "reason": REASON}
        lines.append(body)
    return {
        "site": place_of(order.country).site,
        "customer_id": customer_id,
        "lines": lines,
        "shipping": {"cost": gbp(order.shipping)},
        "payments": [{"method": "bank-transfer"}],
        "external_reference": order.invoice,
        "submit": True,
    }
