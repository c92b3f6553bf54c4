"""The subscribers service's HTTP API, in this process, over a real database and real tokens."""

import base64
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx2
from chassis.service import Runtime, build_api, open_runtime
from messaging.embedded import EmbeddedHub, EmbeddedTransport
from messaging.topology import archive
from subscribers.gateways.seal import Seal
from subscribers.main import SERVICE

from tests.tokens import a_token, verifying

ALL = ("subscribers.read", "subscribers.write")
Json = dict[str, Any]
SEAL_KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()
SEAL = Seal.of([SEAL_KEY])


@dataclass
class Api:
    """Calls the API as one staff member."""

    client: httpx2.AsyncClient
    runtime: Runtime
    token: str = field(default_factory=lambda: a_token(None, ALL))

    def staff(self, *sites: UUID, permissions: Iterable[str] = ALL) -> "Api":
        """Give the same API as someone sees it who works on these sites only; none: on all."""
        return Api(self.client, self.runtime, a_token(sites or None, permissions))

    async def call(
        self, method: str, path: str, *, json: object = None, **headers: str
    ) -> httpx2.Response:
        sent = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": str(uuid4())}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.request(method, path, headers=sent, json=json)

    async def get(self, path: str) -> Json:
        """Give the body of a 200."""
        answer = await self.call("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, json: object = None) -> Json:
        """Give the body of a success."""
        answer = await self.call("POST", path, json=json)
        assert answer.is_success, answer.text
        return answer.json()

    async def refused(self, method: str, path: str, json: object = None) -> tuple[int, str]:
        """Give status and code of a problem."""
        answer = await self.call(method, path, json=json)
        return answer.status_code, answer.json()["code"]

    async def endpoint(self, url: str, *types: str, name: str = "warehouse") -> Json:
        """Register an endpoint and give it, with its secret."""
        body = {"name": name, "url": url, "types": list(types or ("#",))}
        return await self.post("/endpoints", body)


@asynccontextmanager
async def open_api(database_url: str, **settings: object) -> AsyncGenerator[Api]:
    """Serve the API on a migrated database; loopback addresses are allowed unless given."""
    known = {
        "allowed_networks": "127.0.0.0/8",
        "broker_url": None,
        "secret_keys": SEAL_KEY,
        **settings,
    }
    read = SERVICE.settings.of("subscribers", database_url=database_url, **known)
    hub = EmbeddedHub([archive()])
    async with open_runtime(SERVICE, read, EmbeddedTransport(hub, "subscribers")) as runtime:
        app = build_api(SERVICE, runtime, verifying(read.issuer))
        transport = httpx2.ASGITransport(app=app)
        base = "http://subscribers/api/subscribers/v1"
        async with httpx2.AsyncClient(transport=transport, base_url=base) as client:
            yield Api(client, runtime)
