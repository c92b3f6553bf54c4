"""What the catalog service tells everyone."""

from typing import ClassVar
from uuid import UUID

from typing_extensions import override

from contracts.message import Event
from contracts.values import Money, SiteId, Sku, SubmissionId


class ProductChanged(Event):
    """A product was made or changed; carries its whole state.

    Attributes:
        version: Grows with every change; a reader keeps the highest it has seen.
        prices: Unit price per site that sells it.
    """

    type: ClassVar = "catalog.product-changed.v1"

    product_id: UUID
    version: int
    sku: Sku
    name: str
    prices: dict[SiteId, Money]

    @property
    @override
    def subject(self) -> UUID:
        return self.product_id


class ReservationEnded(Event):
    """A submission's stock was given back or allocated.

    Attributes:
        outcome: ``released`` or ``allocated``.
    """

    type: ClassVar = "catalog.reservation-ended.v1"

    submission_id: SubmissionId
    outcome: str

    @property
    @override
    def subject(self) -> UUID:
        return self.submission_id
