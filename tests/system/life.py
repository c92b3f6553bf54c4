"""A busy day at the demo retailer: staff and customers do all there is to do, at random, at once.

Whatever happens to the system meanwhile, afterwards the books must agree: ``Books`` looks at
orders, stock, money, processes and events, and says what does not.
"""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from uuid import uuid4

import httpx2

from tests.system.running import Client, Json, wait_for

ORDERS, CUSTOMERS, PAYMENTS = "/api/orders/v1", "/api/customers/v1", "/api/payments/v1"
SKUS = ("PEN-BLK", "BOOK-A5", "MUG-01", "TEE-BLU-M")
TOKENS = ("tok_ok", "tok_ok", "tok_ok", "tok_decline", "tok_slow_0.3", "tok_timeout_charged")
EXPECTED = {200, 201, 202, 303, 403, 404, 409, 410, 412, 422, 503}
"""What a request may be answered with; anything else is a fault of ours."""


@dataclass
class Day:
    """Does things at random, each as somebody at a desk or at home would.

    Attributes:
        made: Ids of orders that were begun, as far as an answer said so.
        faults: Answers that nobody should ever get.
    """

    client: Client
    random: random.Random
    customers: list[str]
    made: list[str] = field(default_factory=list[str])
    faults: list[str] = field(default_factory=list[str])

    @property
    def acts(self) -> list[Callable[[], None]]:
        staff = [self.begin, self.begin, self.submit, self.cancel, self.revise, self.edit]
        return [*staff, self.hand_over, self.check_out, self.keep_address]

    def act(self) -> None:
        """Do one thing; the system may be away."""
        act = self.random.choice(self.acts) if self.made else self.begin
        try:
            act()
        except httpx2.TransportError:
            return

    def begin(self) -> None:
        body = {
            "site": "uk",
            "customer_id": self.random.choice(self.customers),
            "lines": [
                {"sku": sku, "units": self.random.randint(1, 3)}
                for sku in self.random.sample(SKUS, self.random.randint(1, 3))
            ],
            "shipping": {"cost": {"minor": 495, "currency": "GBP"}},
            "payments": [self._payment()],
            "submit": self.random.random() < 0.6,
        }
        found = self._ask("POST", "/orders", body)
        if found is not None and "id" in found:
            self.made.append(found["id"])

    def submit(self) -> None:
        self._ask("POST", f"/orders/{self._order}/submission", {})

    def cancel(self) -> None:
        self._ask("POST", f"/orders/{self._order}/cancellation", None)

    def revise(self) -> None:
        lines: list[Json] = [{"line_id": 1, "units": self.random.randint(1, 5)}]
        if self.random.random() < 0.5:
            lines.append({"sku": self.random.choice(SKUS), "units": 1})
        body: Json = {"lines": lines}
        if self.random.random() < 0.7:
            body["payments"] = [{"method": "card", "token": self.random.choice(TOKENS)}]
        self._ask("POST", f"/orders/{self._order}/revision", body)

    def hand_over(self) -> None:
        self._ask("POST", f"/orders/{self._order}/hand-over", {})

    def keep_address(self) -> None:
        address = {
            "name": f"Ada {self.random.randint(1, 9)}",
            "lines": [f"{self.random.randint(1, 99)} Kept Street"],
            "city": "London",
            "postal_code": "SW1Y 4LB",
            "country": "GB",
            "keep": True,
        }
        self._ask("PUT", f"/orders/{self._order}/addresses", {"shipping": address})

    def edit(self) -> None:
        body = {"units": self.random.randint(1, 4)}
        self._ask("PATCH", f"/orders/{self._order}/lines/1", body)

    def check_out(self) -> None:
        """Follow the link of a mail and pay."""
        mails = self.client.http.get(f"{CUSTOMERS}/mails", params={"limit": "50"})
        if not mails.is_success:
            return
        texts = [one["text"] for one in mails.json()["items"]]
        links = [found[0] for text in texts if (found := re.search(r"/checkout/\S+", text))]
        if not links:
            return
        address = self.random.choice(links)
        with httpx2.Client(base_url=self.client.http.base_url, timeout=30) as visitor:
            page = visitor.get(address)
            version = re.search(r'name="version" value="(\d+)"', page.text)
            if version is None:
                self._see(page)
                return
            form = {"version": version[1], "do": "pay", "method": "card", "token": "tok_ok"}
            for _ in range(self.random.randint(1, 2)):  # some click twice
                self._see(visitor.post(address, data=form))

    @property
    def _order(self) -> str:
        return self.random.choice(self.made[-30:])

    def _payment(self) -> Json:
        if self.random.random() < 0.2:
            return {"method": "bank-transfer"}
        return {"method": "card", "token": self.random.choice(TOKENS)}

    def _ask(self, method: str, path: str, body: Json | None) -> Json | None:
        """Ask, and ask again under the same key as a careful client would."""
        headers = {"Idempotency-Key": str(uuid4())}
        times = self.random.randint(1, 2)
        answers = [
            self.client.http.request(method, ORDERS + path, json=body, headers=headers)
            for _ in range(times)
        ]
        for answer in answers:
            self._see(answer)
        return answers[-1].json() if answers[-1].is_success else None

    def _see(self, answer: httpx2.Response) -> None:
        if answer.status_code not in EXPECTED:
            request = answer.request
            self.faults.append(f"{request.method} {request.url}: {answer.text[:300]}")


@dataclass
class Books:
    """What a running system says of itself, once it is at rest."""

    client: Client

    def at_rest(self) -> None:
        """Wait until every process has come to its end."""
        wait_for(lambda: not self._under_way(), timeout=180, every=0.5)

    def _under_way(self) -> list[str]:
        busy = [one["id"] for one in self.orders() if one["state"] == "submitting"]
        for one in self.orders():
            order = self.client.get(f"{ORDERS}/orders/{one['id']}")
            cancellation = order["cancellation"]
            if cancellation is not None and not cancellation["done"]:
                busy.append(order["id"])
            answer = self.client.http.get(f"{ORDERS}/orders/{one['id']}/revision")
            if answer.is_success and answer.json()["state"] == "running":
                busy.append(order["id"])
        return busy

    def orders(self) -> list[Json]:
        """List every order."""
        return [*self._every(f"{ORDERS}/orders")]

    def events(self) -> list[Json]:
        """Read the archive to its end."""
        found: list[Json] = []
        after = "0"
        while True:
            page = self.client.get("/api/subscribers/v1/events", after=after, limit="200")
            if not page["items"]:
                return found
            found += [item["event"] for item in page["items"]]
            after = str(page["next"])

    def wrong(self) -> Iterator[str]:
        """Say what does not agree; nothing, if all is well."""
        orders = [self.client.get(f"{ORDERS}/orders/{one['id']}") for one in self.orders()]
        yield from self._wrong_money(orders)
        yield from self._wrong_stock(orders)
        events = self.events()
        yield from wrong_sequences(events)
        yield from wrong_histories(events, orders)
        for one in self.client.get(f"{ORDERS}/attention")["items"]:
            yield f"needs attention: {one['process']} {one['step']} {one['reason']}"

    def _wrong_money(self, orders: list[Json]) -> Iterator[str]:
        for order in orders:
            answer = self.client.http.get(f"{PAYMENTS}/orders/{order['id']}/balance")
            if not answer.is_success:
                continue
            sums = answer.json()
            paid, set_aside = sums["paid"]["minor"], sums["set_aside"]["minor"]
            if order["state"] != "submitted" and (paid or set_aside):
                yield f"{order['id']} {order['state']}: {paid} paid, {set_aside} set aside"
            total = order["totals"]["total"]["minor"]
            if order["state"] == "submitted" and (paid > total or set_aside):
                yield f"{order['id']} costs {total}: {paid} paid, {set_aside} set aside"

    def _wrong_stock(self, orders: list[Json]) -> Iterator[str]:
        sold = Counter[str]()
        for order in orders:
            if order["state"] == "submitted":
                sold.update({line["sku"]: 0 for line in order["lines"]})
                for line in order["lines"]:
                    sold[line["sku"]] += line["units"]
        reserved, allocated = Counter[str](), Counter[str]()
        for location in ("central", "soho"):
            for shelf in self._every("/api/catalog/v1/stock", location=location):
                reserved[shelf["sku"]] += shelf["reserved"]
                allocated[shelf["sku"]] += shelf["allocated"]
        if +reserved:
            yield f"still reserved: {+reserved}"
        if +allocated != +sold:
            yield f"allocated {+allocated}, sold {+sold}"

    def _every(self, path: str, **query: str) -> Iterator[Json]:
        after: dict[str, str] = {}
        while True:
            page = self.client.get(path, limit="200", **query, **after)
            yield from page["items"]
            if page["next"] is None:
                return
            after = {"after": page["next"]}


def wrong_sequences(events: list[Json]) -> Iterator[str]:
    """Say where ids repeat, and where an aggregate's events are not 1, 2, 3 ... as they stand."""
    for id_, times in Counter(one["id"] for one in events).items():
        if times > 1:
            yield f"event {id_} stands {times} times in the archive"
    seen = defaultdict[tuple[str, str], list[int]](list)
    for one in events:
        if one["type"].startswith("orders.") and "sequence" not in one:
            yield f"{one['type']} of {one['subject']} has no sequence"
        if "sequence" in one:
            seen[one["source"], one["subject"]].append(int(one["sequence"]))
    for (_, subject), numbers in seen.items():
        if numbers != [*range(1, len(numbers) + 1)]:
            yield f"events of {subject} stand as {numbers}"


def wrong_histories(events: list[Json], orders: list[Json]) -> Iterator[str]:
    """Say where what was told of an order does not lead to what the order is."""
    told = defaultdict[str, list[str]](list)
    for one in events:
        if one["type"].startswith("orders."):
            told[one["subject"]].append(one["type"].split(".")[1])
    for order in orders:
        kinds = Counter(told[order["id"]])
        if kinds["order-submitted"] > 1 or kinds["order-cancelled"] > 1:
            yield f"{order['id']}: {told[order['id']]}"
        if (order["state"] == "cancelled") != (kinds["order-cancelled"] == 1):
            yield f"{order['id']} is {order['state']}: {told[order['id']]}"
        if order["state"] == "submitted" and kinds["order-submitted"] != 1:
            yield f"{order['id']} is submitted: {told[order['id']]}"
