"""Cancelling over HTTP: what it would bring back, and doing it."""

from chassis.http import Body, answer, etag
from contracts.values import OrderId
from fastapi import APIRouter, BackgroundTasks, Request
from starlette.responses import Response

from orders.api.dependencies import PREFIX, AtDesk, Cancelling, Reader, Work
from orders.api.reasons import ReasonBody
from orders.handlers.cancelling import cancel_order, preview_cancel
from orders.queries.cancellations import CancelPreviewView
from orders.queries.views import OrderView

router = APIRouter(prefix=PREFIX + "/{order_id}/cancellation", tags=["submissions"])


class CancellationBody(Body):
    """Why it is cancelled, where staff say so."""

    reason: ReasonBody | None = None


@router.get("/preview")
async def get_preview(order_id: OrderId, scope: Reader, desk: AtDesk) -> CancelPreviewView:
    """Tell what a cancel would void, refund and return just now; nothing is changed (PA-9)."""
    order = await desk.order(scope, order_id)
    return CancelPreviewView.of(await preview_cancel(order, desk.asker))


@router.post(
    "",
    response_model=OrderView,
    responses={202: {"model": OrderView, "description": "Something is still to go back."}},
)
async def post_cancellation(
    edit: Cancelling,
    work: Work,
    request: Request,
    after_commit: BackgroundTasks,
    body: CancellationBody | None = None,
) -> Response:
    """Drop a draft (200), have a running submission taken back, or cancel what is submitted (202).

    A submitted order is cancelled at once, and its stock, coupons and money go back from there:
    ``cancellation`` of the order tells what did. A submission that runs is taken back as its
    progress shows. Cancelling once more changes nothing (SU-8, SU-11). A reason is kept with the
    order; its code is told in the event too.
    """
    reason = body.reason.reason if body and body.reason else None
    order, under_way = await cancel_order(edit, work, reason)
    runner = request.app.state.runtime.sagas
    if under_way and runner is not None:
        after_commit.add_task(runner.woken.set)
    return answer(OrderView.of(order), 202 if under_way else 200, {"ETag": etag(order.version)})
