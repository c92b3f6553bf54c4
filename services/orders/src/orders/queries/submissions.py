"""The saga of an order's submission, as staff see it (SU-6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.scope import Scope
from contracts.values import OrderId
from messaging.saga.reading import LogLine, log_of
from messaging.saga.state import State as SagaState
from messaging.saga.state import Status
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from orders.domain.order import State
from orders.queries.scoped import within
from orders.queries.viewing import View
from orders.sagas.submit_order import SUBMIT_ORDER
from orders.storage.tables import messaging, orders


class StepView(View):
    """A step of the submission.

    Attributes:
        status: waiting, asked, done, refused, undoing, undone or skipped.
        attempts: How often its open commands were sent; 0 when none is open.
        retry_at: When an open command is sent again, UTC.
        pivot: Once it is done the order is submitted and nothing is taken back.
    """

    name: str
    status: str
    attempts: int
    retry_at: datetime | None
    pivot: bool


class SubmissionRefusal(View):
    """A "no" that the submission met."""

    step: str
    code: str
    detail: str


class SubmissionView(View):
    """A submission.

    Attributes:
        status: running, undoing, completed or compensated.
        state: The order's.
        deadline: Until when it must reach its pivot, UTC.
        attention: Why an operator should look.
    """

    id: UUID
    order_id: OrderId
    state: State
    status: Status
    cancel_asked: bool
    deadline: datetime | None
    attention: str | None
    steps: Sequence[StepView]
    refusals: Sequence[SubmissionRefusal]
    log: Sequence[LogLine]
    started_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Watched:
    """A submission that somebody within the scope may watch."""

    submission_id: UUID


_STATUS_AFTER = {
    "sent": "asked",
    "answered": "done",
    "refused": "refused",
    "undo sent": "undoing",
    "undone": "undone",
    "let be by an operator": "skipped",
}


async def watched(scope: Scope, session: AsyncSession, order_id: OrderId) -> Watched | None:
    """Give the order's last submission; none when there is none, or it is out of scope."""
    query = select(orders.c.submission_id).where(
        orders.c.id == order_id, within(scope, orders.c.site_id)
    )
    found = (await session.execute(query)).scalar_one_or_none()
    return None if found is None else Watched(found)


async def submission(
    scope: Scope, session: AsyncSession, order_id: OrderId
) -> SubmissionView | None:
    """Give the order's last submission; none when there is none, or it is out of scope."""
    saga = messaging.saga
    query = (
        select(saga, orders.c.state.label("order_state"))
        .join(orders, orders.c.submission_id == saga.c.id)
        .where(orders.c.id == order_id, within(scope, orders.c.site_id))
    )
    row = (await session.execute(query)).first()
    if row is None:
        return None
    state = SUBMIT_ORDER.read(row.state)
    log = await log_of(session, messaging, row.id)
    refusals = [
        SubmissionRefusal(step=one.step, code=one.code, detail=one.detail) for one in state.refusals
    ]
    return SubmissionView(
        id=row.id,
        order_id=order_id,
        state=State(row.order_state),
        status=state.status,
        cancel_asked=state.cancelled,
        deadline=state.deadline,
        attention=state.attention,
        steps=_steps(state, log),
        refusals=refusals,
        log=log,
        started_at=row.created_at,
        updated_at=row.updated_at,
    )


def _steps(state: SagaState, log: Sequence[LogLine]) -> list[StepView]:
    statuses = {line.step: _STATUS_AFTER[line.event] for line in log if line.event in _STATUS_AFTER}
    reached = [place for place, step in enumerate(SUBMIT_ORDER.steps) if step.name in statuses]
    last = len(SUBMIT_ORDER.steps) if state.status is Status.COMPLETED else max(reached, default=0)
    steps: list[StepView] = []
    for place, step in enumerate(SUBMIT_ORDER.steps):
        open_here = state.open if step.name == state.step else ()
        status = statuses.get(step.name, "skipped" if place < last else "waiting")
        if open_here:
            status = "undoing" if state.status is Status.UNDOING else "asked"
        steps.append(
            StepView(
                name=step.name,
                status=status,
                attempts=max((command.tries for command in open_here), default=0),
                retry_at=min((command.resend_at for command in open_here), default=None),
                pivot=step.pivot,
            )
        )
    return steps
