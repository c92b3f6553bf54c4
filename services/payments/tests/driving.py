"""The payments service over a real database: its consumer, its caller, the test gateway."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from contracts.customers.events import SiteChanged
from contracts.message import Command, Message
from contracts.payments.commands import AuthorisePayment, VoidPayment
from contracts.values import CustomerSetId, Money, OrderId, PaymentId, SiteId
from messaging.consumer import Consumer, Handlers
from messaging.delivery import Delivery
from messaging.envelope import Envelope, decode, utc_now
from payments.gateways.caller import Caller, Pace
from payments.gateways.credit import CreditGateway
from payments.gateways.test_gateway import TestGateway
from payments.handlers.subscriptions import subscriptions
from payments.storage.tables import messaging
from payments.storage.unit_of_work import SqlUnitOfWork
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

QUICK = Pace(
    timeout=timedelta(seconds=0.8),
    lease=timedelta(seconds=3),
    first_rest=timedelta(seconds=0.02),
    longest_rest=timedelta(seconds=0.1),
    at_once=8,
)
REPLY_TO = "orders.saga"


@dataclass
class Payments:
    """Delivers commands, and looks at what came of them.

    Attributes:
        books: The test gateway's own sessions.
    """

    sessions: async_sessionmaker[AsyncSession]
    books: async_sessionmaker[AsyncSession]

    async def send(self, *messages: Message, ids: Sequence[UUID] = ()) -> list[UUID]:
        """Deliver messages in one batch; gives their ids."""
        ids = ids or [uuid4() for _ in messages]
        queue = "payments.commands"
        consumer = Consumer(
            service="payments",
            queue=queue,
            receiver=Handlers(subscriptions(), SqlUnitOfWork),
            sessions=self.sessions,
            tables=messaging,
        )
        await consumer.handle(
            [_delivery(queue, message, id_) for message, id_ in zip(messages, ids, strict=True)]
        )
        return list(ids)

    def caller(self, pace: Pace = QUICK) -> Caller:
        gateways = {"test": TestGateway(self.books), "credit": CreditGateway(self.books)}
        return Caller(self.sessions, gateways, pace)

    @asynccontextmanager
    async def calling(self, callers: int = 1) -> AsyncGenerator[None]:
        """Have the gateway called for what is due, until left."""
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(self.caller().run()) for _ in range(callers)]
            yield
            for one in running:
                one.cancel()

    async def site(self, *, currency: str = "GBP") -> SiteId:
        event = a_site(currency=currency)
        await self.send(event)
        return event.site_id

    async def replies(self, command_id: UUID) -> list[Envelope]:
        """Give the replies to a command, those sent again left out."""
        sent = await self._sent("rpl.orders")
        return [one for one in sent if one.causationid == str(command_id)]

    async def reply(self, command_id: UUID) -> tuple[str, dict[str, Any]] | None:
        """Give type and data of the only reply to a command; none when there is none yet."""
        replies = await self.replies(command_id)
        assert len(replies) <= 1, replies
        return (replies[0].type.split(".")[1], replies[0].data) if replies else None

    async def answered(self, command_id: UUID) -> str | None:
        """Give what the reply says: state, or code of the refusal, or ``voided``."""
        reply = await self.reply(command_id)
        return reply and reply[1].get("state", reply[1].get("code", "voided"))

    async def events(self, payment_id: PaymentId) -> list[tuple[int | None, str]]:
        """Give sequence and state of the events about a payment, in order."""
        sent = await self._sent("evt.payments")
        return [(e.sequence, e.data["state"]) for e in sent if e.subject == str(payment_id)]

    async def customers(self, payment_id: PaymentId) -> set[str | None]:
        """Give whom the events about a payment concern."""
        sent = await self._sent("evt.payments")
        return {e.customerid for e in sent if e.subject == str(payment_id)}

    async def _sent(self, exchange: str) -> list[Envelope]:
        query = text("SELECT body FROM outbox WHERE exchange = :exchange ORDER BY id")
        async with self.sessions() as session:
            return [decode(b) for b in await session.scalars(query, {"exchange": exchange})]

    async def ledger(self, payment_id: PaymentId) -> list[str]:
        """Give what the gateway's ledger says of a payment, in order."""
        query = "SELECT kind FROM test_gateway_entry WHERE reference = :id ORDER BY entry_id"
        return [kind for (kind,) in await self.rows(query, id=payment_id)]

    async def held(self, payment_id: PaymentId) -> int:
        """Give what of a payment is set aside or taken, in minor units, by the ledger."""
        query = "SELECT kind, sum(amount) FROM test_gateway_entry WHERE reference = :id GROUP BY 1"
        sums = Counter({kind: int(total) for kind, total in await self.rows(query, id=payment_id)})
        return sums["authorise"] - sums["void"] - sums["refund"]

    async def calls(self, payment_id: PaymentId) -> int:
        """Give how often the gateway was asked to authorise a payment."""
        query = "SELECT calls FROM test_gateway_request WHERE idempotency_key = :key"
        return next((calls for (calls,) in await self.rows(query, key=str(payment_id))), 0)

    async def state(self, payment_id: PaymentId) -> str | None:
        query = "SELECT state FROM payment WHERE payment_id = :id"
        return next((state for (state,) in await self.rows(query, id=payment_id)), None)

    async def open(self) -> int:
        """Give how many payments have something left to do at the gateway."""
        return (await self.rows("SELECT count(*) FROM payment WHERE due_at IS NOT NULL"))[0][0]

    async def rows(self, query: str, **values: object) -> Sequence[Any]:
        async with self.sessions() as session:
            return (await session.execute(text(query), values)).all()


def _delivery(queue: str, message: Message, message_id: UUID) -> Delivery:
    envelope = Envelope(
        id=message_id,
        source="/tradecounter/orders",
        type=message.type,
        time=utc_now(),
        correlationid="a-submission",
        staffid="clerk",
        data=message.model_dump(mode="json"),
    )
    return Delivery(
        queue=queue,
        body=envelope.encode(),
        message_id=message_id,
        type=message.type,
        correlation_id="a-submission",
        reply_to=REPLY_TO if isinstance(message, Command) else None,
    )


def an_authorisation(site: SiteId, card: object = "tok_ok", **given: object) -> AuthorisePayment:
    fields: dict[str, Any] = {
        "payment_id": PaymentId(uuid4()),
        "order_id": OrderId(uuid4()),
        "site_id": site,
        "method": "card",
        "amount": Money(1250, "GBP"),
        "token": card,
    }
    return AuthorisePayment.model_validate({**fields, **given})


def a_void(of: AuthorisePayment) -> VoidPayment:
    return VoidPayment(payment_id=of.payment_id)


def a_site(*, currency: str = "GBP", code: str | None = None, version: int = 1) -> SiteChanged:
    return SiteChanged(
        site_id=SiteId(uuid4()),
        version=version,
        code=code or f"site-{random.randrange(10**9)}",
        name="A site",
        customer_set_id=CustomerSetId(uuid4()),
        country="GB",
        currency=currency,
        time_zone="Europe/London",
        active=True,
    )
