"""Processes of orders that an operator should look at, as staff see them (SU-9)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from chassis.scope import Scope
from contracts.values import OrderId, SiteId
from messaging.saga.definition import SagaDefinition
from messaging.saga.state import State, Status
from sqlalchemy import Row, Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from orders.queries.scoped import within
from orders.queries.viewing import View
from orders.storage.tables import messaging, orders, sites
from orders.storage.unit_of_work import SAGAS


class Action(StrEnum):
    """What an operator can do.

    Ask the step again under a new id; let it be and go on without what was refused; or have the
    process taken back.
    """

    ASK_AGAIN = "ask-again"
    LET_BE = "let-be"
    CANCEL = "cancel"


class AttentionView(View):
    """A process that does not get on by itself; it goes on trying all the same.

    Attributes:
        process: ``orders.submit-order`` or another.
        step: Where it stands.
        code: What happened: the code of what was refused (``GATEWAY_REFUSED``), ``NO_ANSWER``, or
            ``STEP_UNKNOWN`` to this release. None where only the sentence was kept.
        reason: The same as a sentence.
        since: When it last got on, UTC; its age counts from there.
        actions: What is allowed now.
    """

    id: UUID
    process: str
    order_id: OrderId
    order_number: str
    site: str
    status: Status
    step: str
    code: str | None
    reason: str
    since: datetime
    actions: Sequence[Action]


@dataclass(frozen=True, slots=True)
class AttentionSearch:
    """Which are wanted; ``after``: those untouched since a later time, or of a later id."""

    site_id: SiteId | None
    after: tuple[datetime, UUID] | None
    limit: int


async def needing_attention(
    scope: Scope, session: AsyncSession, search: AttentionSearch
) -> Sequence[AttentionView]:
    """List what needs attention, the longest untouched first."""
    saga = messaging.saga
    query = _attention(scope).order_by(saga.c.updated_at, saga.c.id).limit(search.limit)
    if search.site_id is not None:
        query = query.where(orders.c.site_id == search.site_id)
    if search.after is not None:
        query = query.where(tuple_(saga.c.updated_at, saga.c.id) > search.after)
    return [_shown(row) for row in await session.execute(query)]


async def one_needing_attention(
    scope: Scope, session: AsyncSession, saga_id: UUID
) -> AttentionView | None:
    """Give one process that needs attention; none when it does not, or is out of scope."""
    query = _attention(scope).where(messaging.saga.c.id == saga_id)
    row = (await session.execute(query)).first()
    return None if row is None else _shown(row)


def _attention(scope: Scope) -> Select[*tuple[Any, ...]]:
    saga = messaging.saga
    return (
        select(*saga.c, orders.c.number, sites.c.code)
        .join(orders, orders.c.id == saga.c.subject_id)
        .join(sites, sites.c.site_id == orders.c.site_id)
        .where(saga.c.attention.is_not(None), within(scope, orders.c.site_id))
    )


def _shown(row: Row[Any]) -> AttentionView:
    definition = SAGAS[row.definition]
    state = definition.read(row.state)
    return AttentionView(
        id=row.id,
        process=row.definition,
        order_id=row.subject_id,
        order_number=row.number,
        site=row.code,
        status=state.status,
        step=definition.step_name(state),
        code=state.attention_code,
        reason=row.attention,
        since=row.updated_at,
        actions=list(_actions(definition, state)),
    )


def _actions(definition: SagaDefinition[Any], state: State) -> Iterator[Action]:
    if definition.can_ask_again(state):
        yield Action.ASK_AGAIN
    if definition.can_let_be(state):
        yield Action.LET_BE
    if definition.can_cancel(state):
        yield Action.CANCEL
