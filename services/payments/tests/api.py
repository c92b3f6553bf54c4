"""The payments service's HTTP API, in this process, over a real database and real tokens."""

from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
from chassis.service import Runtime, build_api, open_runtime
from contracts.customers.questions import DescribeCustomer
from contracts.customers.replies import CustomerDescribed, CustomerRefused
from contracts.message import Question, Reply
from contracts.values import CustomerId, CustomerSetId, SiteId
from messaging.embedded import EmbeddedHub, EmbeddedTransport
from messaging.transport import Unanswered
from payments.main import SERVICE
from payments.settings import PaymentsSettings

from tests.tokens import a_token, verifying

ALL = ("payments.read", "payments.write", "payments.issue")


@dataclass
class Customers:
    """The customers service on paper: knows everybody, but for whom something else is said.

    Attributes:
        says: Code of the refusal, by customer; none: no answer.
    """

    says: dict[CustomerId, str | None] = field(default_factory=dict[CustomerId, str | None])
    asked: list[DescribeCustomer] = field(default_factory=list[DescribeCustomer])

    async def ask(self, question: Question, *, timeout: float = 5.0) -> Reply:  # noqa: ARG002, ASYNC109
        assert isinstance(question, DescribeCustomer)
        self.asked.append(question)
        id_ = question.customer_id
        if id_ not in self.says:
            known = CustomerSetId(question.site_id)
            return CustomerDescribed(customer_id=id_, customer_set_id=known, name="Ada")
        code = self.says[id_]
        if code is None:
            raise Unanswered("customers")
        return CustomerRefused(customer_id=id_, code=code, detail="no")


@dataclass
class Api:
    """Calls the API as one staff member."""

    client: httpx2.AsyncClient
    runtime: Runtime
    token: str = field(default_factory=lambda: a_token(None, ALL))
    customers: Customers = field(default_factory=Customers)

    def staff(self, *sites: SiteId, permissions: Iterable[str] = ALL) -> "Api":
        """Give the same API as someone sees it who works on these sites only."""
        return Api(self.client, self.runtime, a_token(sites, permissions), self.customers)

    async def call(
        self, method: str, path: str, *, json: object = None, content: bytes | None = None
    ) -> httpx2.Response:
        bearer = {"Authorization": f"Bearer {self.token}"}
        if content is not None:
            bearer["Content-Type"] = "application/json"
        return await self.client.request(method, path, headers=bearer, json=json, content=content)

    async def get(self, path: str) -> dict[str, Any]:
        """Give the body of a 200."""
        answer = await self.call("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()


@asynccontextmanager
async def open_api(database_url: str) -> AsyncGenerator[Api]:
    """Serve the API on a migrated database; nothing relays what it writes to the outbox."""
    settings = PaymentsSettings.of("payments", database_url=database_url)
    async with open_runtime(
        SERVICE, settings, EmbeddedTransport(EmbeddedHub([]), "payments")
    ) as runtime:
        runtime.asker = customers = Customers()
        app = build_api(SERVICE, runtime, verifying(settings.issuer))
        transport = httpx2.ASGITransport(app=app)
        base = "http://payments/api/payments/v1"
        async with httpx2.AsyncClient(transport=transport, base_url=base) as client:
            yield Api(client, runtime, customers=customers)
