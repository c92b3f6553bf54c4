"""What is done with an endpoint's answer, or with its silence."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from subscribers.domain.delivery import Delivery, NotWaiting, Outcome, State, Test
from subscribers.domain.endpoint import Endpoint
from subscribers.domain.retries import Retries
from subscribers.handlers.endpoints import disable
from subscribers.handlers.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Pace:
    """How an endpoint's queue goes on.

    Attributes:
        lease: For how long the endpoint is kept to be sent what comes next.
        jitter: 0 to 1, see ``Retries.rest_after``.
    """

    retries: Retries
    lease: timedelta
    jitter: float


async def settle(
    delivery: Delivery, outcome: Outcome, pace: Pace, uow: UnitOfWork
) -> datetime | None:
    """Note an attempt in its turn; gives until when the endpoint is kept, if it is.

    A failure holds this endpoint's queue until the rest is over; after the last attempt the event
    is parked, with the reason, and the queue goes on.
    """
    endpoint = await uow.endpoints.get(delivery.endpoint_id)
    if endpoint is None:
        return None
    attempt = await uow.deliveries.log(delivery.delivery_id, outcome)
    if outcome.taken:
        await uow.deliveries.settle(delivery.delivery_id, State.DELIVERED)
        await _recovered(endpoint, uow)
        rest = None
    else:
        rest = pace.retries.rest_after(attempt, pace.jitter, outcome.retry_after)
        if rest is None:
            await uow.deliveries.settle(delivery.delivery_id, State.PARKED, outcome.error)
        await _failed(endpoint, outcome, pace.retries, uow)
    until = await uow.endpoints.due(endpoint.endpoint_id, rest or pace.lease)
    return until if rest is None and endpoint.disabled is None else None


async def settle_again(
    delivery_id: int, endpoint_id: UUID, outcome: Outcome, uow: UnitOfWork
) -> None:
    """Note an attempt that staff asked for, out of turn."""
    endpoint = await uow.endpoints.get(endpoint_id)
    if endpoint is None:
        return
    await uow.deliveries.log(delivery_id, outcome)
    if outcome.taken:
        await uow.deliveries.settle(delivery_id, State.DELIVERED)
        await _recovered(endpoint, uow)


async def settle_test(test: Test, outcome: Outcome, uow: UnitOfWork) -> int | None:
    """Put a test in the log; gives its delivery's id, none when the endpoint has gone."""
    if await uow.endpoints.get(test.endpoint_id) is None:
        return None
    state = State.DELIVERED if outcome.taken else State.PARKED
    delivery_id = await uow.deliveries.add_test(test, state)
    await uow.deliveries.log(delivery_id, outcome)
    return delivery_id


async def skip(delivery: Delivery, reason: str, uow: UnitOfWork) -> None:
    """Let an event go that holds the queue, or would.

    Raises:
        NotWaiting: It has been settled.
    """
    await uow.endpoints.get(delivery.endpoint_id)
    current = await uow.deliveries.get(delivery.delivery_id)
    if current is None or current.state is not State.WAITING:
        raise NotWaiting
    await uow.deliveries.settle(delivery.delivery_id, State.SKIPPED, reason)
    await uow.endpoints.due(delivery.endpoint_id)


async def _recovered(endpoint: Endpoint, uow: UnitOfWork) -> None:
    if endpoint.failing_since is not None:
        endpoint.failing_since = None
        await uow.endpoints.save(endpoint)


async def _failed(endpoint: Endpoint, outcome: Outcome, retries: Retries, uow: UnitOfWork) -> None:
    since = endpoint.failing_since
    if since is None:
        since = endpoint.failing_since = outcome.at
        await uow.endpoints.save(endpoint)
    if outcome.gone:
        await disable(endpoint, "the endpoint answered 410 Gone", uow)
    elif retries.gives_up(since, outcome.at):
        days = retries.give_up_after / timedelta(days=1)
        await disable(endpoint, f"nothing taken for {days:g} days: {outcome.error}", uow)
