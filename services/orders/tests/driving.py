"""The orders service in this process: its real API, database and saga, among doubles of others."""

from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx2
from chassis.runtime import Runtime
from chassis.service import build_api, open_runtime
from contracts.customers.events import SiteChanged
from contracts.message import Message
from contracts.values import CustomerSetId, SiteId
from fastapi import FastAPI
from messaging.consumer import Consumer
from messaging.delivery import Delivery
from messaging.embedded import EmbeddedHub, EmbeddedTransport
from messaging.envelope import Envelope, decode
from messaging.outbox import Asked, Cause, Outbox
from messaging.topology import replies_queue
from orders.handlers.subscriptions import subscriptions
from orders.main import SERVICE
from orders.storage.tables import messaging
from orders.storage.unit_of_work import SqlUnitOfWork
from sqlalchemy import delete, text

from services.orders.tests.shop import COMMANDS, Shop
from tests.tokens import a_token, verifying

PATH = "/api/orders/v1/orders"
ALL = ("orders.read", "orders.write", "orders.cancel", "orders.adjust-price", "payments.key")


@dataclass
class Orders:
    """The service, called as one member of staff."""

    client: httpx2.AsyncClient
    app: FastAPI
    runtime: Runtime
    shop: Shop
    token: str = field(default_factory=lambda: a_token(None, ALL, "clerk"))

    def staff(
        self, *sites: SiteId, permissions: Iterable[str] = ALL, name: str = "other"
    ) -> "Orders":
        """Give the service as someone sees it who works on these sites only; none: on all."""
        token = a_token(sites or None, permissions, name)
        return Orders(self.client, self.app, self.runtime, self.shop, token)

    async def call(
        self, method: str, path: str, body: object = None, **headers: str
    ) -> httpx2.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        authorised = {"Authorization": f"Bearer {self.token}", **named}
        return await self.client.request(method, PATH + path, json=body, headers=authorised)

    async def done(
        self, method: str, path: str, body: object = None, **headers: str
    ) -> Mapping[str, Any]:
        """Give the body of an answer that must be a success."""
        answer = await self.call(method, path, body, **headers)
        assert answer.is_success, answer.text
        return answer.json()

    async def post(self, body: object, key: str | None = None, **headers: str) -> httpx2.Response:
        return await self.call("POST", "", body, Idempotency_Key=key or uuid4().hex, **headers)

    async def draft(self, site: SiteChanged, **more: object) -> dict[str, Any]:
        answer = await self.post({"site": site.code, **more})
        assert answer.is_success, answer.text
        return answer.json()

    async def full_draft(self, site: SiteChanged, **more: object) -> dict[str, Any]:
        """Begin a draft that can be submitted."""
        body = {"customer_id": self.shop.customer(), "lines": [{"sku": "MUG", "units": 2}]}
        return await self.draft(site, **{**body, **more})

    async def get(self, order: Mapping[str, Any], part: str = "") -> Any:  # noqa: ANN401 - JSON
        return await self.done("GET", f"/{order['id']}{part}")

    async def submit(self, order: Mapping[str, Any], key: str | None = None) -> httpx2.Response:
        path = f"/{order['id']}/submission"
        return await self.call("POST", path, Idempotency_Key=key or uuid4().hex)

    # -- messages

    async def site(self, code: str | None = None, **changes: Any) -> SiteChanged:  # noqa: ANN401
        """Tell the service of a site."""
        known: dict[str, Any] = {
            "site_id": SiteId(uuid4()),
            "version": 1,
            "code": code or f"s{uuid4().hex[:12]}",
            "name": "A site",
            "customer_set_id": CustomerSetId(uuid4()),
            "country": "GB",
            "currency": "GBP",
            "time_zone": "Europe/London",
            "active": True,
        }
        event = SiteChanged.model_validate(known | changes)
        await self.handle(event)
        return event

    async def handle(self, message: Message) -> None:
        async with self.runtime.sessions.begin() as session:
            uow = SqlUnitOfWork(session, Outbox("orders", messaging.outbox))
            await subscriptions().by_type[message.type].handler(message, uow)

    async def carry(self, *, hops: int = 50) -> None:
        """Carry commands to the shop and its replies back, until nothing is on the way."""
        runner = self.runtime.sagas
        assert runner is not None
        await runner.wake_due()
        for _ in range(hops):
            replies = [self.replied(envelope) for envelope in await self.take("cmd.")]
            if not replies:
                return
            await self.consumer().handle(replies)
            await runner.wake_due()

    async def take(self, exchange: str) -> list[Envelope]:
        """Take what waits in the outbox for exchanges that begin so."""
        outbox = messaging.outbox
        taking = (
            delete(outbox)
            .where(outbox.c.exchange.startswith(exchange))
            .returning(outbox.c.id, outbox.c.body)
        )
        async with self.runtime.sessions.begin() as session:
            rows = sorted((await session.execute(taking)).all())
        return [decode(body) for _, body in rows]

    def replied(self, envelope: Envelope) -> Delivery:
        reply = self.shop.reply(COMMANDS[envelope.type].model_validate(envelope.data))
        asked = Asked(envelope.id, envelope.correlationid or "", "orders.saga")
        outbox = Outbox("shop", messaging.outbox, Cause(staff_id=envelope.staffid))
        outbox.reply(reply, asked)
        return Delivery(replies_queue("orders"), outbox.rows[0]["body"])

    def consumer(self) -> Consumer:
        assert self.runtime.sagas is not None
        return Consumer(
            service="orders",
            queue=replies_queue("orders"),
            receiver=self.runtime.sagas,
            sessions=self.runtime.sessions,
            tables=messaging,
        )

    async def sql(self, statement: str, **values: object) -> list[Any]:
        async with self.runtime.sessions.begin() as session:
            return list(await session.execute(text(statement), values))


@asynccontextmanager
async def open_orders(database_url: str, **settings_: object) -> AsyncGenerator[Orders]:
    """Open the service on a migrated database, with settings; nothing relays but a test."""
    settings = SERVICE.settings.of(
        "orders", database_url=database_url, link_key="k" * 32, **settings_
    )
    transport = EmbeddedTransport(EmbeddedHub([]), "orders")
    async with open_runtime(SERVICE, settings, transport) as runtime:
        runtime.asker = shop = Shop()
        app = build_api(SERVICE, runtime, verifying(settings.issuer))
        http = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=http, base_url="http://orders") as client:
            yield Orders(client, app, runtime, shop)


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


def gbp(minor: int) -> dict[str, Any]:
    """Give pence as JSON."""
    return {"minor": minor, "currency": "GBP"}
