"""Receipts: goods that a location expects, until they are booked or no longer expected."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from contracts.values import LocationId, Sku

from catalog.domain.stock_errors import OverBooked, ReceiptClosed, UnknownReceiptLines


class ReceiptState(StrEnum):
    """Where a receipt stands."""

    OPEN = "open"
    BOOKED = "booked"
    """Everything has come."""
    CANCELLED = "cancelled"
    """What has not come yet will not come; what was booked stays."""


@dataclass(slots=True)
class ReceiptLine:
    """A product of a receipt.

    Attributes:
        units: Announced, at least 1.
        booked: Units that came; more than ``units`` when more came than announced.
    """

    units: int
    booked: int = 0

    @property
    def missing(self) -> int:
        """Give the announced units that have not come."""
        return max(0, self.units - self.booked)


@dataclass
class Receipt:
    """Goods expected at one location on one day.

    Attributes:
        due: In the time zone of whoever looks.
        lines: By SKU, at least one.
        version: 0 before it is first kept; grows by one with every change.
        author: Staff id.
    """

    receipt_id: UUID
    location_id: LocationId
    reference: str
    due: date
    author: str
    lines: dict[Sku, ReceiptLine]
    state: ReceiptState = ReceiptState.OPEN
    version: int = 0

    def expected(self, sku: Sku) -> int:
        """Give the units of a product that will still come."""
        return self.lines[sku].missing if self.state is ReceiptState.OPEN else 0

    def change(self, *, due: date | None, reference: str | None) -> bool:
        """Put it off or bring it forward, or name it otherwise.

        Returns:
            Whether anything changed.

        Raises:
            ReceiptClosed: Nothing is expected any more.
        """
        self._must_be_open()
        wanted = (due or self.due, reference or self.reference)
        if wanted == (self.due, self.reference):
            return False
        self.due, self.reference = wanted
        self.version += 1
        return True

    def book(self, counted: Mapping[Sku, int] | None, *, over: bool) -> dict[Sku, int]:
        """Take in what has come; the receipt is closed when all has.

        Args:
            counted: Units per product, at least 1 each; none for all that is still expected.
            over: More may come than is still expected.

        Returns:
            Units that are now on hand, per product, in order of SKU.

        Raises:
            ReceiptClosed: Nothing is expected any more.
            UnknownReceiptLines: A product is not on the receipt.
            OverBooked: More of a product came than is expected, and ``over`` is not set.
        """
        self._must_be_open()
        came = dict(self._outstanding() if counted is None else counted)
        if foreign := came.keys() - self.lines.keys():
            raise UnknownReceiptLines(foreign)
        above = {sku: self.expected(sku) for sku in came if came[sku] > self.expected(sku)}
        if above and not over:
            raise OverBooked(above)
        for sku, units in came.items():
            self.lines[sku].booked += units
        if not self._outstanding():
            self.state = ReceiptState.BOOKED
        self.version += 1
        return dict(sorted(came.items()))

    def cancel(self) -> bool:
        """Expect nothing of it any more; what was booked stays.

        Returns:
            False when it was cancelled before.

        Raises:
            ReceiptClosed: Everything has come.
        """
        if self.state is ReceiptState.CANCELLED:
            return False
        self._must_be_open()
        self.state = ReceiptState.CANCELLED
        self.version += 1
        return True

    def _outstanding(self) -> dict[Sku, int]:
        return {sku: line.missing for sku, line in self.lines.items() if line.missing}

    def _must_be_open(self) -> None:
        if self.state is not ReceiptState.OPEN:
            raise ReceiptClosed(self.state.value)
