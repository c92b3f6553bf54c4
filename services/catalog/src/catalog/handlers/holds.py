"""Holding stock for a draft, until a time (IN-11)."""

from dataclasses import replace

from contracts.catalog.commands import HoldStock
from contracts.catalog.events import ReservationEnded
from contracts.catalog.replies import StockHeld, StockRefused
from contracts.values import SubmissionId

from catalog.domain.stock import HoldRequest, KeptHold, Refusal, State
from catalog.handlers.planning import Ahead, plan_ahead, told_lines, told_refusal, wanted_of
from catalog.handlers.stock_events import tell_arrived
from catalog.handlers.unit_of_work import UnitOfWork

_TAKEN_BACK = Refusal("RELEASED", "the hold was taken back")
_OVER = Refusal("RELEASED", "the hold has ended; ask for it anew")


async def hold_stock(command: HoldStock, uow: UnitOfWork) -> StockHeld | StockRefused:
    """Let a draft hold this in place of what it held; an older request changes nothing.

    A backorder is held only where the policy allows it to everyone: who asks here has not submitted
    anything yet.
    """
    hold_id = SubmissionId(command.hold_id)
    request = HoldRequest(
        hold_id, command.order_id, command.site_id, command.sequence, command.expires_at
    )
    kept = await uow.stock.open_hold(request)
    if kept.state is State.RELEASED:
        return told_refusal(hold_id, _TAKEN_BACK)
    if command.sequence <= kept.sequence:
        return await _as_it_stands(hold_id, kept, uow)
    wanted = wanted_of(command.lines)
    await uow.stock.lock_shelves(command.site_id, {line.sku for line in wanted}, hold_id)
    own = hold_id if kept.state is State.HELD else None
    planned = await plan_ahead(Ahead(command.site_id, wanted, beside=own), uow)
    if isinstance(planned, Refusal):
        refused = replace(kept, sequence=command.sequence, refusal=planned)
        await uow.stock.keep_hold(request, refused)
        return told_refusal(hold_id, planned)
    ended = await uow.stock.replace(hold_id, planned)
    tell_arrived(ended.arrived, uow)
    held = KeptHold(State.HELD, command.sequence, None, command.expires_at)
    await uow.stock.keep_hold(request, held)
    return StockHeld(hold_id=hold_id, lines=told_lines(planned), expires_at=command.expires_at)


async def expire_holds(uow: UnitOfWork, *, at_most: int) -> int:
    """End holds whose time is over, and tell of each; gives how many."""
    hold_ids = await uow.stock.expiring(at_most)
    if hold_ids:
        ended = await uow.stock.end_holds(hold_ids, State.EXPIRED)
        for hold_id in hold_ids:
            event = ReservationEnded(submission_id=hold_id, outcome=State.EXPIRED.value)
            uow.outbox.publish(event)
        tell_arrived(ended.arrived, uow)
    return len(hold_ids)


async def _as_it_stands(
    hold_id: SubmissionId, kept: KeptHold, uow: UnitOfWork
) -> StockHeld | StockRefused:
    if kept.refusal is not None:
        return told_refusal(hold_id, kept.refusal)
    if kept.state is not State.HELD or kept.expires_at is None:
        return told_refusal(hold_id, _OVER)
    lines = told_lines(await uow.stock.lines(hold_id))
    return StockHeld(hold_id=hold_id, lines=lines, expires_at=kept.expires_at)
