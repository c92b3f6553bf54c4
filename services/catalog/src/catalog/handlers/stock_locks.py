"""Locking what a batch of commands needs before the first of them is carried out.

Each command locks the rows of its reservations and then its shelves, both in order; but a batch
carries them out one after the other in one transaction. With two catalogs running, one batch could
hold the shelf that the other waits for, and the other way round.
"""

from collections.abc import Sequence

from contracts.catalog.commands import (
    AllocateStock,
    HoldStock,
    ReleaseStock,
    ReserveStock,
    ReturnStock,
)
from contracts.message import Message
from contracts.values import SubmissionId

from catalog.domain.stock import Needed
from catalog.handlers.unit_of_work import UnitOfWork


async def lock_stock(messages: Sequence[Message], uow: UnitOfWork) -> None:
    """Lock the reservations and the shelves that these messages will need, in order."""
    needed = Needed()
    for message in messages:
        match message:
            case ReserveStock():
                needed.shelves |= {(message.site_id, line.sku) for line in message.lines}
                if message.hold_id is not None:
                    needed.reservations.add(SubmissionId(message.hold_id))
            case HoldStock():
                needed.shelves |= {(message.site_id, line.sku) for line in message.lines}
                needed.reservations.add(SubmissionId(message.hold_id))
            case ReleaseStock() | AllocateStock():
                needed.reservations.add(message.submission_id)
            case ReturnStock():
                needed.orders.add(message.order_id)
            case _:
                pass
    await uow.stock.lock(needed)
