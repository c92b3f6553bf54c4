"""How a submitted order is revised: the saga is begun, and does its local steps here."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from contracts.catalog.commands import ReservationLine
from contracts.message import Reply
from contracts.orders.commands import ApplyRevision, RejectRevision
from contracts.orders.replies import RevisionIsApplied, RevisionIsRejected
from contracts.values import PaymentId, SubmissionId, derived_id, new_id

from orders.domain.content import Content
from orders.domain.errors import NoSuchPart, NotSubmitted, StaleVersion, Unfinished
from orders.domain.order import Change, State
from orders.domain.parts import Refused
from orders.domain.revisions import GiveBack, Revision, RevisionState, StockDelta, bound_stock
from orders.handlers.handing_in import part_of
from orders.handlers.opening import Edit, opened
from orders.handlers.proposing import Proposal
from orders.handlers.standing import payments_of
from orders.handlers.telling import revised, tell
from orders.handlers.unit_of_work import UnitOfWork
from orders.sagas.revise_order import REVISE_ORDER, MoneyBack, ReviseOrderData


async def start_revision(
    edit: Edit, proposal: Proposal, uow: UnitOfWork, *, may_backorder: bool
) -> Revision:
    """Begin a revision that was worked out for the order as it is.

    Raises:
        NoSuchPart: There is no such order, or it is out of reach.
        StaleVersion: Somebody else changed it, also since the revision was worked out.
        NotSubmitted: It was cancelled meanwhile.
        Unfinished: Its submission or another revision has not come to its end.
    """
    await _must_be_at_rest(proposal, uow)
    order = await opened(edit, uow)
    if order.version != proposal.order.version:
        raise StaleVersion(order)
    if order.state is not State.SUBMITTED:
        raise NotSubmitted(order.state)
    revision = _revision(edit, proposal)
    if not await uow.revisions.begin(revision):
        raise _revision_unfinished()
    id_ = revision.revision_id
    uow.outbox.cause = replace(uow.outbox.cause, correlation_id=str(id_))
    data = _data(proposal, revision, may_backorder=may_backorder)
    await uow.sagas.start(REVISE_ORDER, saga_id=id_, subject_id=order.order_id, data=data)
    after = {"revision_id": id_, "reason": revision.reason}
    asked = Change("revision asked", after=after)
    await uow.orders.note(order, asked, edit.scope.staff_id)
    return revision


def _revision(edit: Edit, proposal: Proposal) -> Revision:
    """Put the proposal under an id of its own; new payments have theirs from it."""
    revision_id = SubmissionId(new_id())
    new = set(proposal.new_payments)
    payments = tuple(
        replace(one, payment_id=PaymentId(derived_id(revision_id, one.payment_no)))
        if one.payment_no in new
        else one
        for one in proposal.content.payments
    )
    return Revision(
        revision_id=revision_id,
        order_id=edit.order_id,
        asked_by=edit.scope.staff_id,
        asked_at=datetime.now(UTC),
        proposed=replace(proposal.content, payments=payments),
        difference=proposal.difference,
        reason=proposal.reason,
    )


async def _must_be_at_rest(proposal: Proposal, uow: UnitOfWork) -> None:
    """See that no other process works on the order; what one has not taken cannot be given back.

    The processes are locked before the order, as they do it themselves.
    """
    order = proposal.order
    last = await uow.revisions.latest(order.order_id)
    if last is not None and await uow.sagas.under_way(last.revision_id):
        raise _revision_unfinished()
    if order.submission_id is not None and await uow.sagas.under_way(order.submission_id):
        detail = "the order's submission has not come to its end; try again soon"
        raise Unfinished("SUBMISSION_UNFINISHED", detail)


def _revision_unfinished() -> Unfinished:
    detail = "another revision of the order has not come to its end"
    return Unfinished("REVISION_UNFINISHED", detail)


def _data(proposal: Proposal, revision: Revision, *, may_backorder: bool) -> ReviseOrderData:
    order, content = proposal.order, revision.proposed
    revision_id = SubmissionId(revision.revision_id)
    new = set(proposal.new_payments)
    standing = payments_of(content, revision_id)
    return ReviseOrderData(
        order_id=order.order_id,
        revision_id=revision_id,
        site_id=order.site.site_id,
        customer_id=order.customer.customer_id if order.customer else None,
        added=_stock(revision.difference.to_reserve),
        removed=_stock(revision.difference.to_return),
        kept=_stock(bound_stock(content)),
        payments=tuple(part_of(one) for one in standing if one.payment.payment_no in new),
        refunds=tuple(
            _back(one, derived_id(revision_id, one.payment_id))
            for one in revision.difference.to_give_back
        ),
        lowered=tuple(
            _back(one, derived_id(revision_id, "lower", one.payment_id))
            for one in revision.difference.not_to_take
            if one.by_hand
        ),
        capture=order.terms.policy.capture,
        may_backorder=may_backorder,
        shared_total=proposal.shared_total,
    )


def _back(one: GiveBack, operation_id: UUID) -> MoneyBack:
    return MoneyBack(payment_id=one.payment_id, operation_id=operation_id, amount=one.amount)


def _stock(deltas: Sequence[StockDelta]) -> tuple[ReservationLine, ...]:
    return tuple(
        ReservationLine(sku=one.sku, units=one.units, location_id=one.location_id) for one in deltas
    )


async def apply_revision(command: ApplyRevision, uow: UnitOfWork) -> Reply:
    """Put the proposed content on the order; nothing else can have changed it meanwhile."""
    order = await uow.orders.locked(command.order_id)
    revision = await uow.revisions.get(command.revision_id)
    if order is None or revision is None:
        raise NoSuchPart("revision")
    if revision.state is RevisionState.RUNNING:
        before: Content = order.content
        change = order.revise(revision.proposed, revision.revision_id, revision.reason)
        await uow.revisions.end(revision.revision_id, RevisionState.APPLIED)
        total = before.totals().total
        event = revised(order, revision.revision_id, total, revision.reason)
        tell(event, order, uow)
        await uow.orders.keep(order, change, revision.asked_by)
    return RevisionIsApplied(order_id=command.order_id)


async def reject_revision(command: RejectRevision, uow: UnitOfWork) -> Reply:
    """Note why the order stays as it is."""
    order = await uow.orders.locked(command.order_id)
    revision = await uow.revisions.get(command.revision_id)
    if order is None or revision is None:
        raise NoSuchPart("revision")
    if revision.state is RevisionState.RUNNING:
        refusals = [Refused(r.step, r.code, r.detail, r.pointer) for r in command.refusals]
        await uow.revisions.end(revision.revision_id, RevisionState.REFUSED, refusals)
        after = {"revision_id": revision.revision_id, "refusals": refusals}
        await uow.orders.note(order, Change("revision refused", after=after), revision.asked_by)
    return RevisionIsRejected(order_id=command.order_id)
