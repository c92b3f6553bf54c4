"""Goods that are expected: announced, put off, booked, cancelled."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from contracts.values import Sku, StaffId, new_id

from catalog.domain.errors import StaleVersion, UnknownProducts
from catalog.domain.locations import Location
from catalog.domain.receipts import Receipt, ReceiptLine
from catalog.domain.shelves import Cause, Change, MovementKind, ShelfKey
from catalog.domain.stock_errors import UnknownReceipt
from catalog.handlers.adjustments import location_seen
from catalog.handlers.locations import seen_by
from catalog.handlers.scoped import Within
from catalog.handlers.stock_events import tell_changed
from catalog.handlers.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class AnnounceReceipt:
    """Expect goods at a location; ``units`` per product, at least 1 each."""

    location: str
    reference: str
    due: date
    units: Mapping[Sku, int]
    author: StaffId
    within: Within


@dataclass(frozen=True, slots=True)
class ChangeReceipt:
    """Put a receipt off or bring it forward, or name it otherwise; none leaves it."""

    receipt_id: UUID
    within: Within
    due: date | None = None
    reference: str | None = None
    expected_version: int | None = None


@dataclass(frozen=True, slots=True)
class BookReceipt:
    """Take in what has come.

    Attributes:
        units: Per product, at least 1 each; none for all that is still expected.
        reason: Why more came than was announced; none: it did not.
    """

    receipt_id: UUID
    author: StaffId
    within: Within
    units: Mapping[Sku, int] | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class KeptReceipt:
    """A receipt as it now is.

    Attributes:
        location: Code of its location.
        booked: Units that this request put on hand, per product.
    """

    receipt: Receipt
    location: str
    booked: Mapping[Sku, int]


async def announce_receipt(command: AnnounceReceipt, uow: UnitOfWork) -> KeptReceipt:
    """Expect goods.

    Raises:
        UnknownLocation: The caller sees no such location.
        UnknownProducts: Some SKUs are of no product.
    """
    location = await location_seen(command.location, command.within, uow)
    if unknown := await uow.products.unknown(command.units.keys()):
        raise UnknownProducts(unknown)
    receipt = Receipt(
        receipt_id=new_id(),
        location_id=location.location_id,
        reference=command.reference,
        due=command.due,
        author=command.author,
        lines={sku: ReceiptLine(units) for sku, units in command.units.items()},
        version=1,
    )
    await uow.shelves.open(_shelves(receipt))
    await uow.shelves.locked(_shelves(receipt))
    await uow.receipts.add(receipt)
    await _tell(receipt, "announced", command.author, uow)
    return KeptReceipt(receipt, location.code, {})


async def change_receipt(command: ChangeReceipt, uow: UnitOfWork) -> KeptReceipt:
    """Change what is known of a receipt; the same again changes nothing.

    Raises:
        UnknownReceipt: The caller sees no such receipt.
        ReceiptClosed: Nothing is expected of it any more.
        StaleVersion: Its ``current`` is a ``KeptReceipt``.
    """
    receipt, location = await _seen(command.receipt_id, command.within, uow)
    if command.expected_version not in {None, receipt.version}:
        raise StaleVersion(KeptReceipt(receipt, location.code, {}))
    if receipt.change(due=command.due, reference=command.reference):
        await uow.receipts.keep(receipt)
    return KeptReceipt(receipt, location.code, {})


async def book_receipt(command: BookReceipt, uow: UnitOfWork) -> KeptReceipt:
    """Put what has come on hand; who waits for it is served first (IN-6).

    Raises:
        UnknownReceipt: The caller sees no such receipt.
        ReceiptClosed: Nothing is expected of it any more.
        UnknownReceiptLines: Some products are not on it.
        OverBooked: More came than is expected, and no reason is given.
    """
    receipt, location = await _seen(command.receipt_id, command.within, uow)
    came = receipt.book(command.units, over=command.reason is not None)
    changes = {(sku, receipt.location_id): Change(units) for sku, units in came.items()}
    await uow.shelves.locked(sorted(changes))
    await uow.receipts.keep(receipt)
    reason = command.reason or f"receipt {receipt.reference}"
    cause = Cause(new_id(), MovementKind.RECEIPT, reason, command.author, receipt.receipt_id)
    tell_changed(await uow.shelves.change(cause, changes), reason, uow)
    return KeptReceipt(receipt, location.code, came)


async def cancel_receipt(
    receipt_id: UUID, author: StaffId, within: Within, uow: UnitOfWork
) -> KeptReceipt:
    """Expect nothing of a receipt any more; what was booked stays, and again changes nothing.

    Who was promised its goods goes on waiting: for other receipts, or as a backorder.

    Raises:
        UnknownReceipt: The caller sees no such receipt.
        ReceiptClosed: Everything has come.
    """
    receipt, location = await _seen(receipt_id, within, uow)
    if receipt.cancel():
        await uow.shelves.locked(_shelves(receipt))
        await uow.receipts.keep(receipt)
        await _tell(receipt, "cancelled", author, uow)
    return KeptReceipt(receipt, location.code, {})


async def _seen(receipt_id: UUID, within: Within, uow: UnitOfWork) -> tuple[Receipt, Location]:
    receipt = await uow.receipts.locked(receipt_id)
    location = await uow.locations.of_id(receipt.location_id) if receipt else None
    if receipt is None or location is None or not seen_by(location, within):
        raise UnknownReceipt(receipt_id)
    return receipt, location


async def _tell(receipt: Receipt, what: str, author: StaffId, uow: UnitOfWork) -> None:
    """Tell that something else is expected now: nothing moves."""
    reason = f"receipt {receipt.reference} {what}"
    cause = Cause(new_id(), MovementKind.RECEIPT, reason, author, receipt.receipt_id)
    changed = await uow.shelves.change(cause, dict.fromkeys(_shelves(receipt), Change()))
    tell_changed(changed, reason, uow)


def _shelves(receipt: Receipt) -> list[ShelfKey]:
    return [(sku, receipt.location_id) for sku in sorted(receipt.lines)]
