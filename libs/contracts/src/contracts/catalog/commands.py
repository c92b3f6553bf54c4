"""What the catalog service can be asked to do."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from contracts.message import Command
from contracts.values import LocationId, OrderId, SiteId, Sku, SubmissionId


class ReservationLine(BaseModel):
    """Units of one product wanted for one order line.

    Attributes:
        location_id: Where they must come from (pickup, delivery); none lets the catalog choose
            among the locations that ship for the site.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    sku: Sku
    units: int
    location_id: LocationId | None = None


class ReserveStock(Command):
    """Hold stock for every line of a submission, or for none.

    Answered by ``StockReserved``, or by ``StockRefused`` when any line cannot be met in full.
    Asking twice for the same submission holds the stock once. Lines may repeat a product.
    """

    type: ClassVar = "catalog.reserve-stock.v1"

    submission_id: SubmissionId
    order_id: OrderId
    site_id: SiteId
    lines: tuple[ReservationLine, ...]


class ReleaseStock(Command):
    """Give back what a submission holds, and refuse its reservation should that still arrive.

    Answered by ``StockReleased``, also when nothing was held.
    """

    type: ClassVar = "catalog.release-stock.v1"

    submission_id: SubmissionId


class AllocateStock(Command):
    """Turn a submission's reservation into an allocation: the goods now belong to the order.

    Answered by ``StockAllocated``. Repeating it changes nothing.
    """

    type: ClassVar = "catalog.allocate-stock.v1"

    submission_id: SubmissionId
