"""Revisions of an order, as staff see them (SU-11)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self
from uuid import UUID

from chassis.scope import Scope
from contracts.values import Money, OrderId, StaffId
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from orders.domain.parts import Refused
from orders.domain.reasons import Reason
from orders.domain.revised_coupons import CouponDelta
from orders.domain.revisions import (
    Difference,
    GiveBack,
    LineDelta,
    Revision,
    RevisionState,
    StockDelta,
)
from orders.queries.scoped import within
from orders.queries.viewing import View
from orders.storage.revisions import revision_of
from orders.storage.tables import orders, revisions


class DifferenceView(View):
    """What a revision changes; the parts are as the domain tells them.

    Attributes:
        to_charge: By the payments that come with the revision.
        to_give_back: Of what was taken, per payment; ``by_hand``: staff pay it out.
        not_to_take: Of what is set aside or expected: so much less is due.
        left_to_pay: What the order's payments leave to pay afterwards.
        coupons: Those that take something else off; ``refusal`` says why one has ended.
        tax_by_table: The tax provider gave no answer, and the site's own table stands in.
    """

    lines: Sequence[LineDelta]
    total_was: Money
    total_now: Money
    to_reserve: Sequence[StockDelta]
    to_return: Sequence[StockDelta]
    to_charge: Money
    to_give_back: Sequence[GiveBack]
    not_to_take: Sequence[GiveBack]
    left_to_pay: Money
    tax_was: Money | None
    tax_now: Money | None
    tax_by_table: bool
    coupons: Sequence[CouponDelta]

    @classmethod
    def of(cls, found: Difference) -> Self:
        """Show a difference."""
        return cls.model_validate(found, from_attributes=True)


class RevisionView(View):
    """A revision.

    Attributes:
        state: running, applied, refused (the order is as it was), or superseded by a cancel.
        refusals: Why it was refused.
    """

    id: UUID
    order_id: OrderId
    state: RevisionState
    asked_by: StaffId
    asked_at: datetime
    reason: Reason | None
    difference: DifferenceView
    refusals: Sequence[Refused]

    @classmethod
    def of(cls, revision: Revision) -> Self:
        """Show a revision."""
        return cls(
            id=revision.revision_id,
            order_id=revision.order_id,
            state=revision.state,
            asked_by=revision.asked_by,
            asked_at=revision.asked_at,
            reason=revision.reason,
            difference=DifferenceView.of(revision.difference),
            refusals=revision.refusals,
        )


async def last_revision(
    scope: Scope, session: AsyncSession, order_id: OrderId
) -> RevisionView | None:
    """Give the order's last revision; none when there is none, or it is out of scope."""
    found = await revisions_of(scope, session, order_id, before=None, limit=1)
    return found[0] if found else None


async def revisions_of(
    scope: Scope, session: AsyncSession, order_id: OrderId, *, before: UUID | None, limit: int
) -> Sequence[RevisionView]:
    """List an order's revisions, those that came to nothing too; the newest first."""
    query = (
        select(revisions)
        .join(orders, orders.c.id == revisions.c.order_id)
        .where(revisions.c.order_id == order_id, within(scope, orders.c.site_id))
        .order_by(revisions.c.revision_id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(revisions.c.revision_id < before)
    rows = (await session.execute(query)).mappings()
    return [RevisionView.of(revision_of(row)) for row in rows]
