"""Calls the gateway for the payments that are due, between transactions and never in one.

Each payment is taken for a lease by the database's clock; whoever dies in a call leaves it to be
taken again, and it is called again with the same key. A call whose outcome is not known is looked
up before it is repeated.
"""

import asyncio
import contextlib
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from messaging.failures import is_outage
from messaging.faults import fault_point
from messaging.outbox import Outbox
from messaging.tracing import context_of
from opentelemetry import trace
from opentelemetry.trace import SpanKind
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from payments.domain.gateway import Charge, Finding, Gateway
from payments.domain.payment import Operation, Payment
from payments.handlers.outcomes import learn, miss
from payments.storage.due import woken
from payments.storage.payments import claim
from payments.storage.tables import messaging
from payments.storage.unit_of_work import SqlUnitOfWork

_MIN_REST, _MAX_REST = 0.05, 0.5

_log = structlog.get_logger("payments.caller")
_tracer = trace.get_tracer("payments")


@dataclass(frozen=True, slots=True)
class Pace:
    """How long things take.

    Attributes:
        timeout: A call without an answer is given up after this; its outcome is not known.
        lease: A payment taken and not brought back is due again after this; a look-up and a call
            fit in.
        first_rest: Before a call is repeated; it doubles with each repeat.
        longest_rest: It does not grow beyond.
        at_once: Payments that are called for at the same time.
    """

    timeout: timedelta = timedelta(seconds=10)
    lease: timedelta = timedelta(seconds=30)
    first_rest: timedelta = timedelta(seconds=1)
    longest_rest: timedelta = timedelta(minutes=5)
    at_once: int = 20

    def rest_after(self, calls: int) -> timedelta:
        """Give the rest after the ``calls``th call (from 1) of an operation."""
        return min(self.first_rest * 2 ** min(max(calls, 1) - 1, 20), self.longest_rest)


@dataclass(slots=True)
class Caller:
    """Works off the due payments; any number may run beside each other.

    Attributes:
        committed: Called after each commit, to wake the relay.
        wake: Is set when a payment has become due, and the caller looks at once.
    """

    sessions: async_sessionmaker[AsyncSession]
    gateway: Gateway
    pace: Pace = field(default_factory=Pace)
    committed: Callable[[], None] = lambda: None
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    _running: int = 0

    async def run(self) -> None:
        """Call until cancelled; calls that have begun are brought to their end first."""
        async with asyncio.TaskGroup() as calls:
            with woken(self.wake), contextlib.suppress(asyncio.CancelledError):
                await self._take_forever(calls)
        raise asyncio.CancelledError

    async def once(self) -> int:
        """Call for one batch and wait for all of it; gives how many payments it were."""
        taken = await self._take(self.pace.at_once)
        async with asyncio.TaskGroup() as calls:
            for payment in taken:
                calls.create_task(self._bring_back(payment))
        return len(taken)

    async def _take_forever(self, calls: asyncio.TaskGroup) -> None:
        rest = _MIN_REST
        while True:
            self.wake.clear()
            free = self.pace.at_once - self._running
            taken: list[Payment] = []
            try:
                taken = await self._take(free) if free else []
            except Exception as error:  # noqa: BLE001 - nothing may end this loop
                rest = _MAX_REST
                _report("no payment could be taken", error)
            for payment in taken:
                self._running += 1
                calls.create_task(self._counted(payment))
            if taken and len(taken) == free:
                continue
            rest = _MIN_REST if taken else min(rest * 2, _MAX_REST)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(rest * random.uniform(0.8, 1.2)):  # noqa: S311 - jitter
                    await self.wake.wait()

    async def _take(self, at_most: int) -> list[Payment]:
        async with self.sessions.begin() as session:
            return list(await claim(session, at_most=at_most, lease=self.pace.lease))

    async def _counted(self, payment: Payment) -> None:
        was_full = self._running == self.pace.at_once
        try:
            await self._bring_back(payment)
        finally:
            self._running -= 1
            if was_full:
                self.wake.set()

    async def _bring_back(self, payment: Payment) -> None:
        """Call, and commit what was heard; what fails here is taken again after its lease."""
        operation = payment.operation
        if operation is None:
            return
        first = payment.waiting[0] if payment.waiting else None
        with (
            structlog.contextvars.bound_contextvars(
                payment_id=str(payment.payment_id),
                correlation_id=first.correlation_id if first else None,
            ),
            _tracer.start_as_current_span(
                f"gateway {operation.value}",
                context=context_of(first.traceparent if first else None),
                kind=SpanKind.CLIENT,
            ),
        ):
            try:
                finding = await self._ask(payment, operation)
                await fault_point("payments.after_call")
                await self._settle(payment, operation, finding)
            except Exception as error:  # noqa: BLE001 - its lease ends, and it is taken again
                _report("the gateway's answer could not be kept", error)

    async def _ask(self, payment: Payment, operation: Operation) -> Finding | str:
        """Give what the gateway says, or why that is not known."""
        try:
            if payment.calls > 1:
                async with asyncio.timeout(self.pace.timeout.total_seconds()):
                    found = await self.gateway.look_up(payment.payment_id)
                if payment.would_settle(found):
                    return found
            async with asyncio.timeout(self.pace.timeout.total_seconds()):
                return await self._call(payment, operation)
        except TimeoutError:
            return f"no answer to {operation.value} in time"
        except Exception as error:  # noqa: BLE001 - whatever it is, the outcome is not known
            return f"{operation.value}: {type(error).__name__}: {error}"

    async def _call(self, payment: Payment, operation: Operation) -> Finding:
        match operation:
            case Operation.AUTHORISE:
                order, token = payment.order, payment.token
                if order is None or token is None:
                    raise ValueError(f"nothing to authorise for payment {payment.payment_id}")
                return await self.gateway.authorise(Charge(payment.payment_id, order.amount, token))
            case Operation.CAPTURE:
                return await self.gateway.capture(payment.payment_id)
            case Operation.VOID:
                return await self.gateway.void(payment.payment_id)

    async def _settle(self, payment: Payment, operation: Operation, heard: Finding | str) -> None:
        rest = self.pace.rest_after(payment.calls)
        async with self.sessions.begin() as session:
            outbox = Outbox("payments", messaging.outbox)
            uow = SqlUnitOfWork(session, outbox)
            if isinstance(heard, Finding):
                await learn(payment.payment_id, operation, heard, rest, uow)
            else:
                _log.warning("outcome not known", trouble=heard, rest=rest.total_seconds())
                await miss(payment.payment_id, operation, heard, rest, uow)
            await outbox.write(session)
        self.committed()


def _report(what: str, error: Exception) -> None:
    if is_outage(error):
        _log.warning("database away", error=str(error))
    else:
        _log.error(what, exc_info=error)
