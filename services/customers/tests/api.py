"""The customers API, in this process, over a real database and real tokens."""

from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx2
from chassis.service import build_api, open_runtime
from customers.domain.sites import site_id
from customers.main import SERVICE
from messaging.embedded import EmbeddedHub, EmbeddedTransport

from tests.tokens import a_token, verifying

ALL = ("customers.read", "customers.write", "customers.erase", "sites.write")


@dataclass
class Api:
    """Calls the API as one staff member."""

    client: httpx2.AsyncClient
    token: str = field(default_factory=lambda: a_token(None, ALL))

    def staff(self, *codes: str, permissions: Iterable[str] = ALL) -> "Api":
        """Give the same API as someone sees it who works on these sites only."""
        return Api(self.client, a_token(map(site_id, codes), permissions))

    async def call(
        self, method: str, path: str, body: object = None, **headers: str
    ) -> httpx2.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.request(
            method, path, json=body, headers={"Authorization": f"Bearer {self.token}", **named}
        )

    async def get(self, path: str) -> Any:  # noqa: ANN401 - JSON
        """Give the body of a 200."""
        answer = await self.call("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def put(self, path: str, body: object, **headers: str) -> httpx2.Response:
        return await self.call("PUT", path, body, **headers)

    async def post(self, path: str, body: object, **headers: str) -> httpx2.Response:
        return await self.call("POST", path, body, **{"Idempotency_Key": uuid4().hex, **headers})

    async def patch(self, path: str, body: object, **headers: str) -> httpx2.Response:
        return await self.call("PATCH", path, body, **headers)

    async def delete(self, path: str, **headers: str) -> httpx2.Response:
        return await self.call("DELETE", path, **headers)

    async def a_set(self) -> str:
        """Make a customer set; gives its code."""
        code = f"set-{uuid4().hex}"
        answer = await self.put(f"/customer-sets/{code}", {"name": "Retail"})
        assert answer.status_code == 201, answer.text
        return code

    async def a_site(self, of_set: str | None = None, country: str = "GB", **fields: object) -> str:
        """Make a site, of a new set if none is given; gives its code."""
        code = f"site-{uuid4().hex}"
        body = a_site_body(of_set or await self.a_set(), country=country, **fields)
        answer = await self.put(f"/sites/{code}", body)
        assert answer.status_code == 201, answer.text
        return code

    async def a_level(self, of_set: str, code: str = "trade") -> str:
        """Make a level of a set; gives its code."""
        answer = await self.put(f"/customer-sets/{of_set}/levels/{code}", {"name": "Trade"})
        assert answer.status_code == 201, answer.text
        return code

    async def set_of(self, site: str) -> str:
        """Give the code of a site's customer set."""
        return (await self.get(f"/sites/{site}"))["customer_set"]

    async def a_customer(self, site: str, **fields: object) -> dict[str, Any]:
        """Make a customer; gives them."""
        answer = await self.post("/customers", a_customer_body(site, **fields))
        assert answer.status_code == 201, answer.text
        return answer.json()


def a_site_body(of_set: str, **fields: object) -> dict[str, Any]:
    return {
        "name": "Shop",
        "customer_set": of_set,
        "country": "GB",
        "currency": "GBP",
        "time_zone": "Europe/London",
        **fields,
    }


def an_address_body(**fields: object) -> dict[str, Any]:
    return {
        "name": "Ann Smith",
        "lines": ["12 Example Square"],
        "city": "London",
        "postal_code": "SW1Y 4LB",
        "country": "GB",
        **fields,
    }


def a_customer_body(site: str, **fields: object) -> dict[str, Any]:
    return {
        "site": site,
        "first_name": "Ann",
        "last_name": "Smith",
        "phones": [{"kind": "home", "number": "020 7946 0000"}],
        "addresses": [an_address_body(default_billing=True, default_shipping=True)],
        **fields,
    }


@asynccontextmanager
async def open_api(database_url: str, **settings_: object) -> AsyncGenerator[Api]:
    """Serve the API on a migrated database; nothing relays what it writes to the outbox."""
    settings = SERVICE.settings.of("customers", database_url=database_url, **settings_)
    transport = EmbeddedTransport(EmbeddedHub([]), "customers")
    async with open_runtime(SERVICE, settings, transport) as runtime:
        app = build_api(SERVICE, runtime, verifying(settings.issuer))
        served = httpx2.ASGITransport(app=app)
        base = "http://customers/api/customers/v1"
        async with httpx2.AsyncClient(transport=served, base_url=base) as client:
            yield Api(client)


def problem(answer: httpx2.Response, status: int, code: str, *fields: str) -> dict[str, Any]:
    """Give the problem document, which must be this one and name these fields."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert document["code"] == code, document
    named = [error.get("pointer", error.get("parameter")) for error in document.get("errors", [])]
    if fields:
        assert sorted(named) == sorted(fields), document
    return document
