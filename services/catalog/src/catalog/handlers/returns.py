"""Taking back what a submitted order was allocated (SU-11)."""

from collections import defaultdict

from contracts.catalog.commands import ReturnStock
from contracts.catalog.events import ReservationEnded
from contracts.catalog.replies import ReturnRefused, StockReturned

from catalog.domain.returns import Returned, ReturnRefusal, Taken, plan_return
from catalog.domain.sourcing import Hold, Key
from catalog.domain.stock import State
from catalog.handlers.planning import told_lines, told_shortages, wanted_of
from catalog.handlers.stock_events import tell_arrived
from catalog.handlers.unit_of_work import UnitOfWork


async def return_stock(command: ReturnStock, uow: UnitOfWork) -> StockReturned | ReturnRefused:
    """Give units of an order back, or refuse; the first outcome of a return stands."""
    if not await uow.returns.claim(command.return_id, command.order_id):
        return _told(command, await uow.returns.outcome(command.return_id))
    reservations = await uow.returns.reservations(command.order_id)
    for submission_id, state in reservations.items():
        if state is State.HELD:
            # Its own AllocateStock may come later: it finds this done, and changes nothing.
            await uow.stock.end(submission_id, State.ALLOCATED)
            ended = ReservationEnded(submission_id=submission_id, outcome=State.ALLOCATED.value)
            uow.outbox.publish(ended)
    owned = await uow.returns.owned(list(reservations))
    wanted = None if command.lines is None else wanted_of(command.lines)
    planned = plan_return(owned, wanted, wanted_of(command.kept))
    outcome = planned if isinstance(planned, ReturnRefusal) else Returned(_by_shelf(planned))
    if not isinstance(planned, ReturnRefusal):
        tell_arrived(await uow.returns.give_back(planned), uow)
    await uow.returns.conclude(command.return_id, outcome)
    return _told(command, outcome)


def _by_shelf(taken: tuple[Taken, ...]) -> tuple[Hold, ...]:
    by_key = defaultdict[Key, list[Taken]](list)
    for one in taken:
        by_key[one.sku, one.location_id].append(one)
    return tuple(
        Hold(
            *key,
            sum(one.units for one in parts),
            sum(one.pending for one in parts),
            sum(one.backordered for one in parts),
        )
        for key, parts in sorted(by_key.items())
    )


def _told(command: ReturnStock, outcome: Returned | ReturnRefusal) -> StockReturned | ReturnRefused:
    match outcome:
        case Returned(lines):
            return StockReturned(return_id=command.return_id, lines=told_lines(lines))
        case ReturnRefusal(shortages):
            fewer = ", ".join(f"{s.sku} ({s.available} of {s.wanted})" for s in shortages)
            return ReturnRefused(
                code="MORE_THAN_ALLOCATED",
                detail=f"the order has fewer: {fewer}",
                return_id=command.return_id,
                shortages=told_shortages(shortages),
            )
