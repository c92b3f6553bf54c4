"""Holding, giving back and allocating stock for a submission.

The submission's row decides: whatever was recorded for it first stands, and is answered again.
"""

from contracts.catalog.commands import AllocateStock, ReleaseStock, ReserveStock
from contracts.catalog.events import ReservationEnded
from contracts.catalog.replies import (
    StockAllocated,
    StockRefused,
    StockReleased,
    StockReserved,
)
from contracts.values import SubmissionId

from catalog.domain.errors import NotEnoughStock, StockMiscounted, WrongState
from catalog.domain.sourcing import Hold, Rules, plan_holds
from catalog.domain.stock import Claim, Claimed, Ended, Outcome, Refusal, State
from catalog.handlers.planning import Ahead, plan_ahead, told_lines, told_refusal, wanted_of
from catalog.handlers.stock_events import tell_arrived
from catalog.handlers.unit_of_work import UnitOfWork


async def reserve_stock(command: ReserveStock, uow: UnitOfWork) -> StockReserved | StockRefused:
    claim = Claim(command.submission_id, command.order_id, command.site_id)
    if command.hold_id is not None:
        return await _reserve_from_hold(command, claim, SubmissionId(command.hold_id), uow)
    wanted = wanted_of(command.lines)
    claimed = await uow.stock.claim(claim, {line.sku for line in wanted})
    if claimed is None:
        return await _as_before(command.submission_id, uow)
    try:
        # Most orders are met by goods on hand, and then nothing else need be read.
        planned = plan_holds(wanted, claimed.shelves, Rules(split=claimed.split))
    except NotEnoughStock as short:
        planned = await _beyond(command, claimed, short, uow)
    if isinstance(planned, Refusal):
        return await _refuse(command.submission_id, planned, uow)
    await uow.stock.hold(command.submission_id, planned)
    return _reserved(command.submission_id, planned)


async def release_stock(command: ReleaseStock, uow: UnitOfWork) -> StockReleased:
    """Give back what a submission, or a draft, holds."""
    id_ = command.submission_id
    ended = await _released(id_, uow)
    if not ended.ended:
        if await uow.stock.bar(id_):
            return StockReleased(submission_id=id_)
        # The reservation was being committed while we looked: now it is there to be released.
        ended = await _released(id_, uow)
        if not ended.ended:
            raise WrongState(id_, await _state(id_, uow), asked="released")
    uow.outbox.publish(ReservationEnded(submission_id=id_, outcome=State.RELEASED.value))
    tell_arrived(ended.arrived, uow)
    return StockReleased(submission_id=id_)


async def allocate_stock(command: AllocateStock, uow: UnitOfWork) -> StockAllocated:
    id_ = command.submission_id
    if (await uow.stock.end(id_, State.ALLOCATED)).ended:
        uow.outbox.publish(ReservationEnded(submission_id=id_, outcome=State.ALLOCATED.value))
    elif (state := await _state(id_, uow)) is not State.ALLOCATED:
        raise WrongState(id_, state, asked="allocated")
    return StockAllocated(submission_id=id_)


async def _reserve_from_hold(
    command: ReserveStock, claim: Claim, hold_id: SubmissionId, uow: UnitOfWork
) -> StockReserved | StockRefused:
    """Reserve with the draft's own hold used up (IN-11); refused, the draft keeps it."""
    if not await uow.stock.claim_only(claim):
        return await _as_before(command.submission_id, uow)
    held = await uow.stock.lock_hold(hold_id)
    own = hold_id if held is not None and held.state is State.HELD else None
    await uow.stock.lock_shelves(command.site_id, {line.sku for line in command.lines}, hold_id)
    planned = await plan_ahead(_ahead(command, beside=own), uow)
    if isinstance(planned, Refusal):
        return await _refuse(command.submission_id, planned, uow)
    if own is None:
        await uow.stock.hold(command.submission_id, planned)
    else:
        ended = await uow.stock.consume(own, command.submission_id, planned)
        tell_arrived(ended.arrived, uow)
    return _reserved(command.submission_id, planned)


async def _beyond(
    command: ReserveStock, claimed: Claimed, short: NotEnoughStock, uow: UnitOfWork
) -> tuple[Hold, ...] | Refusal:
    """Plan with more than the goods on hand, where that can make a difference."""
    plain = (
        all(line.location_id is None and line.sku in claimed.skus for line in command.lines)
        and not claimed.ahead
        and not command.backorder_rest
    )
    if plain:
        return Refusal("OUT_OF_STOCK", str(short), short.shortages)
    return await plan_ahead(_ahead(command), uow)


def _ahead(command: ReserveStock, *, beside: SubmissionId | None = None) -> Ahead:
    return Ahead(
        command.site_id,
        wanted_of(command.lines),
        permitted=command.may_backorder,
        anyhow=command.backorder_rest,
        beside=beside,
    )


async def _refuse(id_: SubmissionId, refusal: Refusal, uow: UnitOfWork) -> StockRefused:
    await uow.stock.refuse(id_, refusal)
    return told_refusal(id_, refusal)


async def _released(id_: SubmissionId, uow: UnitOfWork) -> Ended:
    ended = await uow.stock.end(id_, State.RELEASED)
    if ended.ended:
        return ended
    held = await uow.stock.lock_hold(id_)
    if held is None or held.state is not State.HELD:
        return ended
    return await uow.stock.end_holds([id_], State.RELEASED)


async def _as_before(submission_id: SubmissionId, uow: UnitOfWork) -> StockReserved | StockRefused:
    outcome = await uow.stock.outcome(submission_id)
    match outcome:
        case Outcome(State.HELD | State.ALLOCATED):
            return _reserved(submission_id, await uow.stock.lines(submission_id))
        case Outcome(State.REFUSED, Refusal() as refusal):
            return told_refusal(submission_id, refusal)
        case Outcome(State.RELEASED):
            taken_back = Refusal("RELEASED", "the submission was taken back")
            return told_refusal(submission_id, taken_back)
        case _:
            raise StockMiscounted(f"submission {submission_id} was neither held nor refused")


async def _state(submission_id: SubmissionId, uow: UnitOfWork) -> State | None:
    outcome = await uow.stock.outcome(submission_id)
    return outcome.state if outcome else None


def _reserved(submission_id: SubmissionId, holds: tuple[Hold, ...]) -> StockReserved:
    return StockReserved(submission_id=submission_id, lines=told_lines(holds))
