"""What the catalog service can be asked to do."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from contracts.message import Command
from contracts.values import CustomerId, LocationId, OrderId, SiteId, Sku, SubmissionId


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
    Current stock is taken before future stock; what no stock can meet is taken as a backorder
    where the site's policy for the product allows that (IN-9).

    Attributes:
        hold_id: The draft's own hold, which is used up first (IN-11); none has been made.
        may_backorder: Who submits may order beyond the stock where the policy asks for permission.
        backorder_rest: Take what is short as a backorder whatever the policy (SU-7).
    """

    type: ClassVar = "catalog.reserve-stock.v1"

    submission_id: SubmissionId
    order_id: OrderId
    site_id: SiteId
    lines: tuple[ReservationLine, ...]
    hold_id: UUID | None = None
    may_backorder: bool = False
    backorder_rest: bool = False


class HoldStock(Command):
    """Hold stock for a draft until a time, for every line or for none (IN-11).

    Answered by ``StockHeld``, or by ``StockRefused``. Asking again replaces what the hold had; a
    hold that is refused keeps what it had. ``ReleaseStock`` with the hold's id ends it, and so does
    its expiry.

    Attributes:
        hold_id: One per draft.
        sequence: Grows with each request for this hold; an older request changes nothing.
        expires_at: UTC.
    """

    type: ClassVar = "catalog.hold-stock.v1"

    hold_id: UUID
    order_id: OrderId
    site_id: SiteId
    sequence: int
    lines: tuple[ReservationLine, ...]
    expires_at: datetime


class ReleaseStock(Command):
    """Give back what a submission holds, and refuse its reservation should that still arrive.

    Answered by ``StockReleased``, also when nothing was held.
    """

    type: ClassVar = "catalog.release-stock.v1"

    submission_id: SubmissionId


class AllocateStock(Command):
    """Turn a submission's reservation into an allocation: the goods now belong to the order.

    What is allocated to future stock stays pending until its receipt is booked (IN-6).
    Answered by ``StockAllocated``. Repeating it changes nothing.
    """

    type: ClassVar = "catalog.allocate-stock.v1"

    submission_id: SubmissionId


class ReturnStock(Command):
    """Take back what a submitted order was allocated: all of it, or these units (SU-11).

    Answered by ``StockReturned``, or by ``ReturnRefused`` when the order has fewer units. What no
    goods cover yet goes back first, the latest promise first. What is still only reserved counts
    as allocated, and is so from then on: its own ``AllocateStock`` may be under way. Asking twice
    under one id gives back once.

    Attributes:
        lines: Units to take back, repeats added up; none: everything. Of a product that the order
            was never allocated any of (it is not tracked) nothing goes back.
        kept: Units bound to a location that the order goes on with; no unit that may come from
            anywhere is taken from them.
    """

    type: ClassVar = "catalog.return-stock.v1"

    return_id: UUID
    order_id: OrderId
    lines: tuple[ReservationLine, ...] | None = None
    kept: tuple[ReservationLine, ...] = ()


class RedeemCoupons(Command):
    """Use up coupons for a submission, every one or none (CP-7).

    Answered by ``CouponsRedeemed``, or by ``CouponsRefused``. A submission uses a coupon once,
    however often this is asked.

    Attributes:
        coupons: Codes in any case of letters, at least one.
    """

    type: ClassVar = "catalog.redeem-coupons.v1"

    submission_id: SubmissionId
    order_id: OrderId
    site_id: SiteId
    customer_id: CustomerId
    coupons: tuple[str, ...]


class ReturnCoupons(Command):
    """Take a submission's use of coupons back, and refuse it should it still arrive.

    Answered by ``CouponsReturned``, also when none was used.
    """

    type: ClassVar = "catalog.return-coupons.v1"

    submission_id: SubmissionId
