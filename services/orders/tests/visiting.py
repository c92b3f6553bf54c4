"""A customer at the page of their order, as a browser without scripts would be."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import httpx2
from contracts.customers.commands import MailCustomer
from typing_extensions import override

from services.orders.tests.driving import Orders

_LINK = re.compile(r"http://127\.0\.0\.1:8080(/checkout/\S+)")


class _Fields(HTMLParser):
    """Reads what a page's form would send if nothing was typed."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._select = ""

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "select":
            self._select = named["name"]
        if tag == "option":
            self.fields.setdefault(self._select, named["value"])
        ticked = named.get("type") not in {"radio", "checkbox"} or "checked" in named
        if tag == "input" and ticked:
            self.fields[named["name"]] = named["value"]


@dataclass
class Page:
    """What the browser shows."""

    response: httpx2.Response
    fields: dict[str, str] = field(default_factory=dict[str, str])

    @classmethod
    def of(cls, response: httpx2.Response) -> "Page":
        reader = _Fields()
        reader.feed(response.text)
        return cls(response, reader.fields)

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def text(self) -> str:
        return self.response.text


@dataclass
class Customer:
    """Somebody with a link.

    Attributes:
        path: Where it leads.
    """

    orders: Orders
    path: str

    async def look(self, part: str = "") -> Page:
        return Page.of(await self.orders.client.get(self.path + part))

    async def send(self, page: Page, do: str = "pay", **typed: str) -> Page:
        """Send a page's form, with what was typed into it; follows where it leads."""
        named = {name.replace("_", "-"): value for name, value in typed.items()}
        data: Mapping[str, str] = {**page.fields, **named, "do": do}
        answer = await self.orders.client.post(self.path, data=data)
        if answer.status_code == 303:
            answer = await self.orders.client.get(answer.headers["location"])
        return Page.of(answer)


async def mailed(orders: Orders, order: Mapping[str, Any]) -> Customer:
    """Hand a draft to its customer by mail; gives them."""
    version = (await orders.get(order))["version"]
    key = f"{order['id']}-{version}"
    answer = await orders.call("POST", f"/{order['id']}/hand-over", {}, Idempotency_Key=key)
    assert answer.status_code == 202, answer.text
    await orders.carry()
    mail = [one for one in orders.shop.heard if isinstance(one, MailCustomer)][-1]
    found = _LINK.search(mail.text)
    assert found is not None, mail.text
    return Customer(orders, found[1])
