from typing import Any
from uuid import UUID

from contracts.values import LocationId, Sku
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.domain.receipts import Receipt, ReceiptLine, ReceiptState
from catalog.storage.tables import receipt_lines, receipts
from catalog.storage.unnested import NUMBERS, TEXTS, unnested

_kept = unnested("kept", sku=TEXTS, booked=NUMBERS, expected=NUMBERS)
_KEEP_LINES = (
    update(receipt_lines)
    .where(receipt_lines.c.receipt_id == bindparam("of_receipt", type_=receipts.c.receipt_id.type))
    .where(receipt_lines.c.sku == _kept.c.sku)
    .values(booked=_kept.c.booked, expected=_kept.c.expected)
)


class SqlReceiptRepository:
    """Keeps receipts, and with each line the units that will still come."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def locked(self, receipt_id: UUID) -> Receipt | None:
        of = receipts.c.receipt_id == receipt_id
        row = (await self._session.execute(select(receipts).where(of).with_for_update())).first()
        if row is None:
            return None
        lines = select(receipt_lines.c.sku, receipt_lines.c.units, receipt_lines.c.booked).where(
            receipt_lines.c.receipt_id == receipt_id
        )
        found = await self._session.execute(lines.order_by(receipt_lines.c.sku))
        return Receipt(
            receipt_id=receipt_id,
            location_id=LocationId(row.location_id),
            reference=row.reference,
            due=row.due,
            author=row.author,
            lines={Sku(sku): ReceiptLine(units, booked) for sku, units, booked in found},
            state=ReceiptState(row.state),
            version=row.version,
        )

    async def add(self, receipt: Receipt) -> None:
        values = _values(receipt) | {
            "receipt_id": receipt.receipt_id,
            "location_id": receipt.location_id,
            "author": receipt.author,
        }
        await self._session.execute(insert(receipts), [values])
        lines = [
            {
                "receipt_id": receipt.receipt_id,
                "location_id": receipt.location_id,
                "sku": sku,
                "units": line.units,
                "expected": receipt.expected(sku),
            }
            for sku, line in sorted(receipt.lines.items())
        ]
        await self._session.execute(insert(receipt_lines), lines)

    async def keep(self, receipt: Receipt) -> None:
        of = receipts.c.receipt_id == receipt.receipt_id
        await self._session.execute(update(receipts).where(of).values(_values(receipt)))
        parameters = {
            "of_receipt": receipt.receipt_id,
            "skus": list(receipt.lines),
            "bookeds": [line.booked for line in receipt.lines.values()],
            "expecteds": [receipt.expected(sku) for sku in receipt.lines],
        }
        await self._session.execute(_KEEP_LINES, parameters)


def _values(receipt: Receipt) -> dict[str, Any]:
    return {
        "reference": receipt.reference,
        "due": receipt.due,
        "state": receipt.state.value,
        "version": receipt.version,
    }
