"""Submissions over HTTP: begun, shown, watched live."""

from collections.abc import AsyncGenerator
from typing import Annotated

from chassis.http import Once, answer, etag
from chassis.idempotency import Made
from chassis.problems import not_found
from chassis.requests import Reading
from contracts.values import OrderId
from fastapi import APIRouter, Depends, Header
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.responses import Response

from orders.api.bodies import SubmissionBody
from orders.api.dependencies import (
    BACKORDER,
    PREFIX,
    AtDesk,
    Editing,
    Reader,
    Watching,
    Work,
    once_prepared,
)
from orders.handlers.handing_in import Handing, start_submission
from orders.handlers.requoting import Requoted, accept_prices
from orders.queries.progress import StepNews
from orders.queries.submissions import SubmissionView, Watched, submission, watched
from orders.queries.views import OrderView

router = APIRouter(prefix=PREFIX + "/{order_id}", tags=["submissions"])

_AS_IT_IS = SubmissionBody()


@router.post("/submission", status_code=202, response_model=OrderView)
async def post_submission(
    edit: Editing, once: Once, work: Work, desk: AtDesk, body: SubmissionBody = _AS_IT_IS
) -> Response:
    """Hand the draft in; follow its progress (SU-1, SU-3).

    It is priced once more; where it costs something else now, nothing is handed in (409
    ``PRICE_CHANGED`` with the differences) unless ``accept_prices`` says so (CP-9). While the
    services that know cannot be asked, it is handed in as it was priced last.
    """
    handing = Handing(
        accept_prices=body.accept_prices,
        may_backorder=edit.scope.may(BACKORDER),
        backorder_rest=body.backorder_rest,
    )

    async def prepare() -> Requoted:
        return await desk.requoted_if_answered(edit)

    async def make(known: Requoted) -> Made:
        order = await start_submission(edit, known, handing, work)
        headers = {
            "Location": f"{PREFIX}/{order.order_id}/submission",
            "ETag": etag(order.version),
        }
        return 202, OrderView.of(order), headers

    return await once_prepared(once, prepare, make)


@router.put("/quote", response_model=OrderView)
async def put_quote(edit: Editing, work: Work, desk: AtDesk) -> Response:
    """Put today's prices on the draft (CP-9)."""
    known = await desk.requoted(edit, complete=False)
    order = await accept_prices(edit, known, work)
    return answer(OrderView.of(order), headers={"ETag": etag(order.version)})


@router.get("/submission")
async def get_submission(order_id: OrderId, scope: Reader, session: Reading) -> SubmissionView:
    """Give the last submission: its steps, attempts, deadline, refusals and log (SU-6)."""
    found = await submission(scope, session, order_id)
    if found is None:
        raise not_found("submission")
    return found


async def _watched(order_id: OrderId, scope: Reader, desk: AtDesk) -> Watched:
    """Find the submission before the answer begins; nothing is held while it is watched."""
    async with desk.reading() as session:
        found = await watched(scope, session, order_id)
    if found is None:
        raise not_found("submission")
    return found


@router.get("/progress", response_class=EventSourceResponse)
async def get_progress(
    found: Annotated[Watched, Depends(_watched)],
    progress: Watching,
    last_event_id: Annotated[str, Header(description="The last event that was seen.")] = "",
) -> AsyncGenerator[ServerSentEvent]:
    """Watch the last submission until it has ended (SU-6).

    Event ``step``: something happened in it. Event ``state``: where order and submission stand.
    """
    async for news in progress.follow(found, after=_seen(found, last_event_id)):
        if isinstance(news, StepNews):
            id_ = f"{found.submission_id}/{news.seq}"
            yield ServerSentEvent(data=news, event="step", id=id_)
        else:
            yield ServerSentEvent(data=news, event="state")


def _seen(found: Watched, last_event_id: str) -> int:
    """Give the last entry that was seen of this submission."""
    submission_id, _, seq = last_event_id.partition("/")
    same = submission_id == str(found.submission_id)
    return int(seq) if same and seq.isascii() and seq.isdigit() and len(seq) < 10 else 0
