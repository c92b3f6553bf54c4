"""The delivery log over HTTP."""

from typing import Annotated
from uuid import UUID

from annotated_types import Ge, Lt
from chassis.http import Page, Paged, page_of
from chassis.problems import Problem, not_found
from chassis.requests import InTransaction, Reading
from fastapi import APIRouter, Path

from subscribers.api.access import PREFIX, Reader, Sending, Work, Writer
from subscribers.api.bodies import Skipping
from subscribers.api.operations import disabled
from subscribers.domain.delivery import NotWaiting, State, StillWaiting
from subscribers.domain.endpoint import IsDisabled
from subscribers.handlers.outcomes import skip
from subscribers.queries.deliveries import DeliveryDetail, DeliveryView, delivery, list_deliveries
from subscribers.queries.endpoints import endpoint

router = APIRouter(prefix=PREFIX, tags=["deliveries"])

_Place = Annotated[int, Ge(0), Lt(2**63)]
DeliveryId = Annotated[int, Path(ge=1, lt=2**63)]


@router.get("/endpoints/{endpoint_id}/deliveries")
async def get_deliveries(
    endpoint_id: UUID, scope: Reader, session: Reading, page: Paged, state: State | None = None
) -> Page[DeliveryView]:
    """List an endpoint's deliveries, the newest first; ``state=parked``: those that failed."""
    if await endpoint(scope, session, endpoint_id) is None:
        raise not_found("endpoint")
    key = page.key(_Place)
    rows = await list_deliveries(
        scope,
        session,
        endpoint_id,
        state=state,
        before=key[0] if key else None,
        limit=page.limit + 1,
    )
    return page_of(rows, page.limit, key=lambda view: (view.id,))


@router.get("/deliveries/{delivery_id}")
async def get_delivery(delivery_id: DeliveryId, scope: Reader, session: Reading) -> DeliveryDetail:
    """Give a delivery: the event, and every attempt with the beginning of its answer."""
    found = await delivery(scope, session, delivery_id)
    if found is None:
        raise not_found("delivery")
    return found


@router.post("/deliveries/{delivery_id}/redelivery")
async def post_redelivery(
    delivery_id: DeliveryId, scope: Writer, session: Reading, sending: Sending
) -> DeliveryDetail:
    """Send an event again at once, under the same id, and give what came of it."""
    try:
        sent = await sending.again(delivery_id)
    except StillWaiting as waits:
        detail = "it waits for its turn; POST .../retry on its endpoint sends what waits first"
        raise Problem(409, "DELIVERY_WAITING", detail) from waits
    except IsDisabled as error:
        raise disabled() from error
    found = await delivery(scope, session, delivery_id) if sent else None
    if found is None:
        raise not_found("delivery")
    return found


@router.post("/deliveries/{delivery_id}/skipping")
async def post_skipping(
    delivery_id: DeliveryId, body: Skipping, scope: Writer, uow: Work, tx: InTransaction
) -> DeliveryDetail:
    """Let an event go that waits, so that the endpoint's queue goes on behind it."""
    found = await uow.deliveries.get(delivery_id)
    if found is None:
        raise not_found("delivery")
    try:
        await skip(found, body.reason, uow)
    except NotWaiting as error:
        raise Problem(409, "DELIVERY_SETTLED", "only what waits can be skipped") from error
    view = await delivery(scope, tx.session, delivery_id)
    if view is None:
        raise not_found("delivery")
    return view
