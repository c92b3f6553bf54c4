"""What the catalog service tells everyone."""

from typing import ClassVar
from uuid import UUID

from pydantic import Field
from typing_extensions import override

from contracts.message import Event
from contracts.values import LocationId, Money, OrderId, SiteId, Sku, SubmissionId


class ProductChanged(Event):
    """A product was made or changed; carries its whole state.

    Attributes:
        version: Grows with every change; a reader keeps the highest it has seen.
        prices: Unit price per site that sells it.
        product: Code of the product that this SKU is a variant of; a product without options has
            one variant.
        options: What was chosen, by the option's name.
    """

    type: ClassVar = "catalog.product-changed.v1"

    product_id: UUID
    version: int
    sku: Sku
    name: str
    prices: dict[SiteId, Money]
    product: str | None = None
    options: dict[str, str] = Field(default_factory=dict[str, str])

    @property
    @override
    def subject(self) -> UUID:
        return self.product_id


class ReservationEnded(Event):
    """A submission's stock was given back or allocated.

    Attributes:
        outcome: ``released``, ``allocated`` or ``expired`` (a draft's hold only).
    """

    type: ClassVar = "catalog.reservation-ended.v1"

    submission_id: SubmissionId
    outcome: str

    @property
    @override
    def subject(self) -> UUID:
        return self.submission_id


class StockChanged(Event):
    """Staff, a receipt or a count changed what lies at a location; reservations are not told here.

    Attributes:
        version: Grows with every change of this product at this location.
        expected: Units on their way, booked by none yet.
        reason: Why, in the words of who did it.
    """

    type: ClassVar = "catalog.stock-changed.v1"

    shelf_id: UUID
    version: int
    sku: Sku
    location_id: LocationId
    on_hand: int
    reserved: int
    allocated: int
    safety_stock: int
    expected: int = 0
    reason: str

    @property
    @override
    def subject(self) -> UUID:
        return self.shelf_id


class PendingStockAllocated(Event):
    """Units that an order was promised from future stock now lie ready for it (IN-6)."""

    type: ClassVar = "catalog.pending-stock-allocated.v1"

    submission_id: SubmissionId
    order_id: OrderId
    sku: Sku
    location_id: LocationId
    units: int

    @property
    @override
    def subject(self) -> UUID:
        return self.submission_id


class PriceListChanged(Event):
    """A price list or some of its entries changed; ask for a quote where prices matter.

    Attributes:
        version: Grows with every change.
    """

    type: ClassVar = "catalog.price-list-changed.v1"

    price_list_id: UUID
    version: int
    code: str
    site_id: SiteId

    @property
    @override
    def subject(self) -> UUID:
        return self.price_list_id


class VoucherChanged(Event):
    """A voucher was made, changed, used up or given back.

    Attributes:
        version: Grows with every change.
        used: How often it is used up now.
    """

    type: ClassVar = "catalog.voucher-changed.v1"

    voucher_id: UUID
    version: int
    code: str
    promotion: str
    active: bool
    used: int

    @property
    @override
    def subject(self) -> UUID:
        return self.voucher_id
