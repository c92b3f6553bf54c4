"""Calls the gateway for the payments that are due, between transactions and never in one.

Each payment is taken for a lease by the database's clock; whoever dies in a call leaves it to be
taken again, and it is called again with the same key. A call whose outcome is not known is looked
up before it is repeated.
"""

import asyncio
import contextlib
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from contracts.values import Money
from messaging.failures import is_outage
from messaging.faults import fault_point
from messaging.outbox import Outbox
from messaging.tracing import context_of
from opentelemetry import trace
from opentelemetry.trace import SpanKind
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from payments.domain.gateway import Charge, Finding, Gateway, Held, Part
from payments.domain.operations import Kind, Operation
from payments.domain.payment import Payment
from payments.handlers.outcomes import learn, miss
from payments.storage.due import woken
from payments.storage.payments import claim
from payments.storage.tables import messaging
from payments.storage.unit_of_work import SqlUnitOfWork

_MIN_REST, _MAX_REST = 0.05, 1.0

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
    gateways: Mapping[str, Gateway]
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
        step = payment.step
        if step is None:
            return
        first = payment.waiting[0] if payment.waiting else None
        with (
            structlog.contextvars.bound_contextvars(
                payment_id=str(payment.payment_id),
                correlation_id=first.correlation_id if first else None,
            ),
            _tracer.start_as_current_span(
                f"gateway {step.kind.value}",
                context=context_of(first.traceparent if first else None),
                kind=SpanKind.CLIENT,
            ),
        ):
            try:
                finding = await self._ask(payment, step)
                await fault_point("payments.after_call")
                await self._settle(payment, step, finding)
            except Exception as error:  # noqa: BLE001 - its lease ends, and it is taken again
                _report("the gateway's answer could not be kept", error)

    async def _ask(self, payment: Payment, step: Operation) -> Finding | str:
        """Give what the gateway says, or why that is not known."""
        gateway = self.gateways.get(payment.gateway or "")
        if gateway is None:
            return f"the gateway {payment.gateway} is not set up here"
        try:
            held = _held(payment)
            if payment.calls > 1:
                async with asyncio.timeout(self.pace.timeout.total_seconds()):
                    found = await gateway.look_up(held, _part(payment, step))
                if payment.would_settle(found):
                    return found
            async with asyncio.timeout(self.pace.timeout.total_seconds()):
                return await _call(gateway, payment, held, step)
        except TimeoutError:
            return f"no answer to {step.kind.value} in time"
        except Exception as error:  # noqa: BLE001 - whatever it is, the outcome is not known
            return f"{step.kind.value}: {type(error).__name__}: {error}"

    async def _settle(self, payment: Payment, step: Operation, heard: Finding | str) -> None:
        rest = self.pace.rest_after(payment.calls)
        async with self.sessions.begin() as session:
            outbox = Outbox("payments", messaging.outbox)
            uow = SqlUnitOfWork(session, outbox)
            if isinstance(heard, Finding):
                await learn(payment.payment_id, step.id, heard, rest, uow)
            else:
                _log.warning("outcome not known", trouble=heard, rest=rest.total_seconds())
                await miss(payment.payment_id, step.id, heard, rest, uow)
            await outbox.write(session)
        self.committed()


async def _call(gateway: Gateway, payment: Payment, held: Held, step: Operation) -> Finding:
    match step.kind:
        case Kind.AUTHORISE:
            order, token = payment.order, payment.token
            if payment.action is not None:
                return await gateway.look_up(held)
            if order is None:
                raise ValueError(f"payment {payment.payment_id} was never asked for")
            charge = Charge(
                payment.payment_id,
                held.amount,
                token or "",
                order.customer_id,
                order.site_id,
                order.order_id,
            )
            return await gateway.authorise(charge)
        case Kind.CAPTURE:
            return await gateway.capture(held, _part_of(held, step))
        case Kind.REFUND:
            return await gateway.refund(held, _part_of(held, step))
        case Kind.VOID:
            return await gateway.void(held, step.id)
        case Kind.LOWER:
            raise ValueError(f"payment {payment.payment_id} is of a gateway, and was lowered")


def _held(payment: Payment) -> Held:
    if payment.order is None or payment.since is None:
        raise ValueError(f"payment {payment.payment_id} was never asked for")
    return Held(payment.payment_id, payment.order.amount, payment.reference, payment.since)


def _part(payment: Payment, step: Operation) -> Part | None:
    if step.kind not in {Kind.CAPTURE, Kind.REFUND}:
        return None
    return _part_of(_held(payment), step)


def _part_of(held: Held, step: Operation) -> Part:
    amount = Money(step.amount, held.amount.currency)
    return Part(step.id, amount, takes=step.kind is Kind.CAPTURE)


def _report(what: str, error: Exception) -> None:
    if is_outage(error):
        _log.warning("database away", error=str(error))
    else:
        _log.error(what, exc_info=error)
