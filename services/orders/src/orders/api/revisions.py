"""Revising a submitted order over HTTP: what it would change, doing it, and how it stands."""

from dataclasses import dataclass
from typing import Annotated, Self
from uuid import UUID

from chassis.http import Body, Once, Page, Paged, page_of
from chassis.idempotency import Made
from chassis.problems import not_found
from chassis.requests import Reading
from contracts.values import OrderId
from fastapi import APIRouter, BackgroundTasks, Depends, Request
from pydantic import Field, StrictBool, model_validator
from pydantic_core import PydanticCustomError
from starlette.responses import Response

from orders.api.bodies import LineBody, PaymentBody, ShippingBody
from orders.api.dependencies import (
    ADJUST_PRICE,
    BACKORDER,
    KEY_PAYMENT,
    PREFIX,
    AtDesk,
    Desk,
    Editing,
    Reader,
    Work,
    must_be_allowed,
    once_prepared,
)
from orders.api.fields import AddressBody, LineUnits, Number
from orders.api.reasons import ReasonBody
from orders.domain.content import MAX_LINES, MAX_PAYMENTS
from orders.handlers.opening import Edit, reached
from orders.handlers.proposing import Proposal, RevisionWish, proposed
from orders.handlers.revising import start_revision
from orders.handlers.unit_of_work import UnitOfWork
from orders.queries.orders import order as find_order
from orders.queries.revisions import DifferenceView, RevisionView, last_revision, revisions_of

router = APIRouter(prefix=PREFIX + "/{order_id}/revision", tags=["revisions"])
every = APIRouter(prefix=PREFIX + "/{order_id}/revisions", tags=["revisions"])


class UnitsBody(Body):
    """How many units a line of the order is to have; 0 takes it away."""

    line_id: Number
    units: LineUnits | Annotated[int, Field(strict=True, ge=0, le=0)]


class RevisionBody(Body):
    """What is to be different; what is left out stays.

    A line that keeps its units keeps its price. New lines, and units that are added, are quoted
    today; added units that cost something else become a line of their own. ``payments`` are for
    what is more to pay; without them it is left to pay. The order's coupons apply to what is added
    on their terms at submission. One whose minimum the revised order does not reach ends, as the
    preview says, unless staff who may adjust prices have it go on by ``keep_coupons``.
    """

    lines: Annotated[tuple[UnitsBody | LineBody, ...], Field(max_length=MAX_LINES)] = ()
    shipping_address: AddressBody | None = None
    shipping: ShippingBody | None = None
    payments: Annotated[tuple[PaymentBody, ...], Field(max_length=MAX_PAYMENTS)] = ()
    reason: ReasonBody | None = None
    keep_coupons: StrictBool = False

    @model_validator(mode="after")
    def _once_each(self) -> Self:
        ids = [line.line_id for line in self.lines if isinstance(line, UnitsBody)]
        if len(ids) != len(set(ids)):
            raise PydanticCustomError("line_named_twice", "name each line once")
        return self

    def wish(self, edit: Edit) -> RevisionWish:
        """Give the revision as the use cases know it.

        Raises:
            Problem: 403 ``PERMISSION_DENIED``, for a price or a card that needs a permission.
        """
        places = list(enumerate(self.lines))
        added = [(at, line) for at, line in places if isinstance(line, LineBody)]
        if self.keep_coupons or any(line.adjusts for _, line in added):
            must_be_allowed(edit.scope, ADJUST_PRICE)
        if any(payment.keyed for payment in self.payments):
            must_be_allowed(edit.scope, KEY_PAYMENT)
        return RevisionWish(
            staff_id=edit.scope.staff_id,
            units=tuple(
                (at, line.line_id, line.units) for at, line in places if isinstance(line, UnitsBody)
            ),
            added=tuple((at, line.wish) for at, line in added),
            shipping_address=self.shipping_address.address if self.shipping_address else None,
            shipping=self.shipping.typed if self.shipping else None,
            shipping_method=self.shipping.code if self.shipping else None,
            payments=tuple(payment.payment for payment in self.payments),
            reason=self.reason.reason if self.reason else None,
            keep_coupons=self.keep_coupons,
        )


async def _proposed(edit: Edit, body: RevisionBody, desk: Desk) -> Proposal:
    order = reached(await desk.order(edit.scope, edit.order_id), edit)
    return await proposed(order, body.wish(edit), desk.asker)


@router.post("/preview")
async def post_preview(edit: Editing, body: RevisionBody, desk: AtDesk) -> DifferenceView:
    """Show what a revision would change just now; nothing is changed (SU-11, PA-9)."""
    return DifferenceView.of((await _proposed(edit, body, desk)).difference)


@dataclass(frozen=True, slots=True)
class Revising:
    """What a revision is begun with."""

    edit: Edit
    desk: Desk
    work: UnitOfWork

    async def proposed(self, body: RevisionBody) -> Proposal:
        """Work the revision out, before the transaction."""
        return await _proposed(self.edit, body, self.desk)

    async def start(self, proposal: Proposal) -> Made:
        """Begin it."""
        backorder = self.edit.scope.may(BACKORDER)
        revision = await start_revision(self.edit, proposal, self.work, may_backorder=backorder)
        headers = {"Location": f"{PREFIX}/{self.edit.order_id}/revision"}
        return 202, RevisionView.of(revision), headers


async def _revising(
    edit: Editing, desk: AtDesk, work: Work, request: Request, after_commit: BackgroundTasks
) -> Revising:
    runner = request.app.state.runtime.sagas
    if runner is not None:
        after_commit.add_task(runner.woken.set)
    return Revising(edit, desk, work)


@router.post("", status_code=202, response_model=RevisionView)
async def post_revision(
    revising: Annotated[Revising, Depends(_revising)], body: RevisionBody, once: Once
) -> Response:
    """Revise a submitted order, all or nothing (SU-11).

    Added stock is reserved and what is more to pay authorised; then the order changes, what is
    removed goes back, and the difference is taken or given back. A refusal before that leaves the
    order as it is: ``GET`` tells why.
    """
    return await once_prepared(once, lambda: revising.proposed(body), revising.start)


@every.get("")
async def get_revisions(
    order_id: OrderId, scope: Reader, session: Reading, paged: Paged
) -> Page[RevisionView]:
    """List an order's revisions, those that were refused too; the newest first (SU-11)."""
    key = paged.key(UUID)
    before = key[0] if key else None
    rows = await revisions_of(scope, session, order_id, before=before, limit=paged.limit + 1)
    if not rows and await find_order(scope, session, order_id) is None:
        raise not_found("order")
    return page_of(rows, paged.limit, lambda row: (row.id,))


@router.get("")
async def get_revision(order_id: OrderId, scope: Reader, session: Reading) -> RevisionView:
    """Give the last revision: what it changes, how it stands, and why it was refused."""
    found = await last_revision(scope, session, order_id)
    if found is None:
        raise not_found("revision")
    return found
