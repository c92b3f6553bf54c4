"""Holding, giving back and allocating stock for a submission.

The submission's row decides: whatever was recorded for it first stands, and is answered again.
"""

from contracts.catalog.commands import AllocateStock, ReleaseStock, ReserveStock
from contracts.catalog.events import ReservationEnded
from contracts.catalog.replies import (
    Shortage,
    StockAllocated,
    StockRefused,
    StockReleased,
    StockReserved,
)
from contracts.values import SubmissionId

from catalog.domain.errors import NotEnoughStock, StockMiscounted, WrongState
from catalog.domain.sourcing import Wanted, plan_holds
from catalog.domain.stock import Claim, Outcome, Refusal, State
from catalog.handlers.unit_of_work import UnitOfWork


async def reserve_stock(command: ReserveStock, uow: UnitOfWork) -> StockReserved | StockRefused:
    wanted = [Wanted(line.sku, line.units, line.location_id) for line in command.lines]
    claim = Claim(command.submission_id, command.order_id, command.site_id)
    shelves = await uow.stock.claim(claim, {line.sku for line in wanted})
    if shelves is None:
        return await _as_before(command.submission_id, uow)
    try:
        holds = plan_holds(wanted, shelves)
    except NotEnoughStock as short:
        refusal = await _reason(command, short, uow)
        await uow.stock.refuse(command.submission_id, refusal)
        return _refused(command.submission_id, refusal)
    await uow.stock.hold(command.submission_id, holds)
    return StockReserved(submission_id=command.submission_id)


async def release_stock(command: ReleaseStock, uow: UnitOfWork) -> StockReleased:
    id_ = command.submission_id
    if not await uow.stock.end(id_, State.RELEASED):
        if await uow.stock.bar(id_):
            return StockReleased(submission_id=id_)
        # The reservation was being committed while we looked: now it is there to be released.
        if not await uow.stock.end(id_, State.RELEASED):
            raise WrongState(id_, await _state(id_, uow), asked="released")
    uow.outbox.publish(ReservationEnded(submission_id=id_, outcome=State.RELEASED.value))
    return StockReleased(submission_id=id_)


async def allocate_stock(command: AllocateStock, uow: UnitOfWork) -> StockAllocated:
    id_ = command.submission_id
    if await uow.stock.end(id_, State.ALLOCATED):
        uow.outbox.publish(ReservationEnded(submission_id=id_, outcome=State.ALLOCATED.value))
    elif (state := await _state(id_, uow)) is not State.ALLOCATED:
        raise WrongState(id_, state, asked="allocated")
    return StockAllocated(submission_id=id_)


async def _reason(command: ReserveStock, short: NotEnoughStock, uow: UnitOfWork) -> Refusal:
    if not await uow.sites.known(command.site_id):
        return Refusal("UNKNOWN_SITE", f"site {command.site_id} is not known")
    named = {line.location_id for line in command.lines if line.location_id is not None}
    if foreign := named - await uow.locations.serving(command.site_id):
        names = ", ".join(sorted(map(str, foreign)))
        return Refusal("UNKNOWN_LOCATION", f"the site has no location {names}")
    return Refusal("OUT_OF_STOCK", str(short), short.shortages)


async def _as_before(submission_id: SubmissionId, uow: UnitOfWork) -> StockReserved | StockRefused:
    outcome = await uow.stock.outcome(submission_id)
    match outcome:
        case Outcome(State.HELD | State.ALLOCATED):
            return StockReserved(submission_id=submission_id)
        case Outcome(State.REFUSED, Refusal() as refusal):
            return _refused(submission_id, refusal)
        case Outcome(State.RELEASED):
            return _refused(submission_id, Refusal("RELEASED", "the submission was taken back"))
        case _:
            raise StockMiscounted(f"submission {submission_id} was neither held nor refused")


async def _state(submission_id: SubmissionId, uow: UnitOfWork) -> State | None:
    outcome = await uow.stock.outcome(submission_id)
    return outcome.state if outcome else None


def _refused(submission_id: SubmissionId, refusal: Refusal) -> StockRefused:
    return StockRefused(
        submission_id=submission_id,
        code=refusal.code,
        detail=refusal.detail,
        shortages=tuple(
            Shortage(
                sku=short.sku,
                location_id=short.location_id,
                wanted=short.wanted,
                available=short.available,
            )
            for short in refusal.shortages
        ),
    )
