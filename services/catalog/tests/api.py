"""The catalog's HTTP API, in this process, over a real database and real tokens."""

from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx2
from catalog.main import SERVICE
from chassis.service import build_api, open_runtime
from chassis.settings import ServiceSettings
from contracts.values import SiteId
from messaging.embedded import EmbeddedHub, EmbeddedTransport

from services.catalog.tests.levels import KnownLevels
from tests.tokens import a_token, verifying

ALL = ("catalog.read", "catalog.write", "catalog.vouchers", "stock.write")


@dataclass
class Api:
    """Calls the API as one staff member."""

    client: httpx2.AsyncClient
    levels: KnownLevels
    token: str = field(default_factory=lambda: a_token(None, ALL))

    def staff(self, *sites: SiteId, permissions: Iterable[str] = ALL) -> "Api":
        """Give the same API as someone sees it who works on these sites only."""
        return Api(self.client, self.levels, a_token(sites, permissions))

    async def call(
        self, method: str, path: str, body: object = None, **headers: str
    ) -> httpx2.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.request(
            method,
            path,
            json=body,
            headers={"Authorization": f"Bearer {self.token}", **named},
        )

    async def get(self, path: str) -> Any:  # noqa: ANN401 - JSON
        """Give the body of a 200."""
        answer = await self.call("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def put(self, path: str, body: object, **headers: str) -> httpx2.Response:
        return await self.call("PUT", path, body, **headers)

    async def adjust(
        self, location: str, lines: object, key: str | None = None, reason: str = "counted"
    ) -> httpx2.Response:
        body = {"location": location, "reason": reason, "lines": lines}
        key = key or uuid4().hex
        return await self.call("POST", "/stock-adjustments", body, Idempotency_Key=key)


@asynccontextmanager
async def open_api(database_url: str) -> AsyncGenerator[Api]:
    """Serve the API on a migrated database; nothing relays what it writes to the outbox."""
    settings = ServiceSettings.of("catalog", database_url=database_url)
    async with open_runtime(
        SERVICE, settings, EmbeddedTransport(EmbeddedHub([]), "catalog")
    ) as runtime:
        runtime.asker = levels = KnownLevels()
        app = build_api(SERVICE, runtime, verifying(settings.issuer))
        transport = httpx2.ASGITransport(app=app)
        base = "http://catalog/api/catalog/v1"
        async with httpx2.AsyncClient(transport=transport, base_url=base) as client:
            yield Api(client, levels)


def problem(answer: httpx2.Response, status: int, code: str, *pointers: str) -> dict[str, Any]:
    """Give the problem document, which must be this one and name these fields."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert document["code"] == code, document
    named = [error.get("pointer", error.get("parameter")) for error in document.get("errors", [])]
    if pointers:
        assert named == list(pointers), document
    return document
