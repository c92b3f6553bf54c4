"""What needs attention, over HTTP, and what an operator does about it (SU-9)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from chassis.auth import needs
from chassis.http import Body, Page, Paged, answer, page_of
from chassis.problems import Problem, not_found
from chassis.requests import InTransaction, Reading, Transaction
from chassis.scope import Scope
from fastapi import APIRouter, BackgroundTasks, Depends, Query, Request
from messaging.saga.runner import SagaRunner
from starlette.responses import Response

from orders.api.dependencies import AtDesk, Reader, Work
from orders.api.fields import SiteCode, Text200
from orders.domain.errors import NotAcceptable
from orders.handlers.attention import Asking, Why, ask_again, let_be, take_back
from orders.handlers.unit_of_work import UnitOfWork
from orders.queries.attention import (
    Action,
    AttentionSearch,
    AttentionView,
    needing_attention,
    one_needing_attention,
)
from orders.queries.scoped import seen_site

router = APIRouter(prefix="/api/orders/v1/attention", tags=["attention"])

Operator = Annotated[Scope, Depends(needs("messages.operate"))]


class ActionBody(Body):
    """What to do; one of the ``actions`` that are allowed.

    Attributes:
        reason: Why; to let something be it must be given. It stands in the audit.
    """

    action: Action
    reason: Text200 | None = None


@router.get("")
async def get_attention(
    scope: Reader,
    session: Reading,
    paged: Paged,
    site: Annotated[SiteCode | None, Query()] = None,
) -> Page[AttentionView]:
    """List processes that do not get on by themselves, the longest untouched first."""
    known = None
    if site is not None:
        known = await seen_site(scope, session, site)
        if known is None:
            raise Problem(404, "UNKNOWN_SITE", f"there is no site {site}")
    key = paged.key(datetime, UUID)
    search = AttentionSearch(
        known.site_id if known else None, (key[0], key[1]) if key else None, paged.limit + 1
    )
    rows = await needing_attention(scope, session, search)
    return page_of(rows, paged.limit, lambda row: (row.since, row.id))


async def _found(process_id: UUID, scope: Operator, desk: AtDesk) -> AttentionView:
    async with desk.reading() as session:
        found = await one_needing_attention(scope, session, process_id)
    if found is None:
        raise not_found("process that needs attention")
    return found


@dataclass(frozen=True, slots=True)
class Acting:
    """The transaction of an action, and what looks at its process afterwards."""

    scope: Scope
    work: UnitOfWork
    tx: Transaction
    runner: SagaRunner[Any]

    async def ask(self, process_id: UUID) -> bool:
        """Ask the current step of a process again."""
        return await self.runner.ask_again(self.tx.session, process_id, self.tx.outbox)

    def letting(self, reason: str) -> Asking:
        """Give what has a process go on without what was refused."""

        async def let(process_id: UUID) -> bool:
            return await self.runner.let_be(self.tx.session, process_id, reason, self.tx.outbox)

        return let


async def _acting(
    request: Request, scope: Operator, work: Work, tx: InTransaction, after: BackgroundTasks
) -> Acting:
    runner = request.app.state.runtime.sagas
    after.add_task(runner.woken.set)
    return Acting(scope, work, tx, runner)


@router.post("/{process_id}/actions", status_code=202, response_model=AttentionView)
async def post_action(
    found: Annotated[AttentionView, Depends(_found)],
    body: ActionBody,
    acting: Annotated[Acting, Depends(_acting)],
) -> Response:
    """Ask the step again, let it be, or have the process taken back.

    Who did it, and why, stands in the order's audit.
    """
    if body.action not in found.actions:
        detail = f"{body.action} is not possible now"
        raise Problem(409, "ACTION_NOT_ALLOWED", detail, actions=list(found.actions))
    why = Why(acting.scope.staff_id, body.reason)
    match body.action:
        case Action.ASK_AGAIN:
            await ask_again(found.order_id, found.id, why, acting.ask, acting.work)
        case Action.LET_BE:
            if body.reason is None:
                detail = "say why nothing more is to be done"
                raise NotAcceptable.at("/reason", "REASON_MISSING", detail)
            letting = acting.letting(body.reason)
            await let_be(found.order_id, found.id, why, letting, acting.work)
        case Action.CANCEL:
            await take_back(found.order_id, found.id, why, acting.work)
    return answer(found, 202)
