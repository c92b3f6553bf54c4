"""How the catalog service answers."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from contracts.catalog.availability import Availability
from contracts.catalog.quotes import CouponVerdict, LineQuote, LineRefused
from contracts.message import Refusal, Reply
from contracts.values import LocationId, Money, OrderId, Sku, SubmissionId


class HeldLine(BaseModel):
    """Units of a product held at one location.

    Attributes:
        units: All of them, at least 1.
        pending: How many of them are taken from future stock (IN-6).
        backordered: How many no stock is known for (IN-9).
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    sku: Sku
    location_id: LocationId
    units: int
    pending: int = 0
    backordered: int = 0


class StockReserved(Reply):
    """Every line is held, until the submission releases or allocates it.

    Attributes:
        lines: Where from, by SKU and location; a product may come from several (IN-10).
    """

    type: ClassVar = "catalog.stock-reserved.v1"

    submission_id: SubmissionId
    lines: tuple[HeldLine, ...] = ()


class StockHeld(Reply):
    """Every line of a draft is held until ``expires_at`` (UTC)."""

    type: ClassVar = "catalog.stock-held.v1"

    hold_id: UUID
    lines: tuple[HeldLine, ...]
    expires_at: datetime


class Shortage(BaseModel):
    """What a reservation lacked of one product.

    Attributes:
        wanted: Units asked for.
        available: Units that could have been held.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    sku: Sku
    location_id: LocationId | None = None
    wanted: int
    available: int


class StockRefused(Refusal):
    """Nothing is held. ``code`` is OUT_OF_STOCK, UNKNOWN_SITE, UNKNOWN_LOCATION or RELEASED.

    Attributes:
        shortages: Per product, in order of SKU; empty unless OUT_OF_STOCK.
    """

    type: ClassVar = "catalog.stock-refused.v1"

    submission_id: SubmissionId
    shortages: tuple[Shortage, ...] = ()


class StockReleased(Reply):
    """The submission holds nothing, now and for good."""

    type: ClassVar = "catalog.stock-released.v1"

    submission_id: SubmissionId


class StockAllocated(Reply):
    """The submission's goods belong to its order."""

    type: ClassVar = "catalog.stock-allocated.v1"

    submission_id: SubmissionId


class StockReturned(Reply):
    """The order has that much less; the goods can be promised to others.

    Attributes:
        lines: What went back where, by SKU and location; empty when there was nothing.
    """

    type: ClassVar = "catalog.stock-returned.v1"

    return_id: UUID
    lines: tuple[HeldLine, ...] = ()


class ReturnRefused(Refusal):
    """Nothing went back, now and for good. ``code`` is MORE_THAN_ALLOCATED.

    Attributes:
        shortages: Per product and location, in this order; ``available`` is what the order has.
    """

    type: ClassVar = "catalog.return-refused.v1"

    return_id: UUID
    shortages: tuple[Shortage, ...] = ()


class LocationStock(BaseModel):
    """What one location can promise of a product; ``available`` is units, never negative."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    location_id: LocationId
    code: str
    name: str
    ships: bool
    pickup: bool
    delivery: bool
    available: int


class ProductQuote(BaseModel):
    """A product as one site sells it.

    Attributes:
        price: Unit price on this site.
        available: Units over all locations that ship for the site.
        locations: Every location linked to the site, by code.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    sku: Sku
    name: str
    price: Money
    available: int
    locations: tuple[LocationStock, ...] = ()


class ProductsQuoted(Reply):
    """The products that this site sells, in order of SKU; ``unknown`` lists those it does not.

    Attributes:
        as_of: When the stock was read, UTC.
    """

    type: ClassVar = "catalog.products-quoted.v1"

    products: tuple[ProductQuote, ...]
    unknown: tuple[Sku, ...] = ()
    as_of: datetime


class QuoteRefused(Refusal):
    """Nothing can be quoted.

    ``code`` is UNKNOWN_SITE, UNKNOWN_PRICE_LIST (none of this code holds on this site),
    CURRENCY_MISMATCH (the list or a manual price is in another currency than the site) or
    AMOUNT_OUT_OF_RANGE (a line's amount does not fit 64 bits).
    """

    type: ClassVar = "catalog.quote-refused.v1"


class LinesQuoted(Reply):
    """What lines cost this customer on this site, and what can be promised of them.

    Attributes:
        lines: In the order in which they were asked for, without those refused.
        refused: The others.
        coupons: A verdict for every coupon, in the order in which they were asked for.
        promotions: Codes of the promotions without a coupon that took effect.
        free_shipping: A promotion or coupon makes shipping free.
        as_of: When prices and stock were read, UTC (IN-13).
    """

    type: ClassVar = "catalog.lines-quoted.v1"

    currency: str
    lines: tuple[LineQuote, ...]
    refused: tuple[LineRefused, ...] = ()
    coupons: tuple[CouponVerdict, ...] = ()
    promotions: tuple[str, ...] = ()
    free_shipping: bool = False
    as_of: datetime


class AvailabilityTold(Reply):
    """What a site can promise of products, in order of SKU; ``unknown`` lists those of no product.

    Attributes:
        as_of: When the stock was read, UTC (IN-13).
    """

    type: ClassVar = "catalog.availability-told.v1"

    products: tuple[Availability, ...]
    unknown: tuple[Sku, ...] = ()
    as_of: datetime


class HeldForOrder(HeldLine):
    """Units of a product that an order has at one location, over all its reservations.

    Attributes:
        location: Code of the location.
        state: ``held`` for the draft, ``reserved`` for a submission or revision that has not
            ended, or ``allocated``. What went back is not counted.
    """

    location: str
    state: Literal["held", "reserved", "allocated"]


class HeldStockTold(Reply):
    """What an order has of the stock; products that are not tracked are never in it (IN-7).

    Attributes:
        lines: In order of SKU, code of the location and state, one of each.
        as_of: When the stock was read, UTC (IN-13).
    """

    type: ClassVar = "catalog.held-stock-told.v1"

    order_id: OrderId
    lines: tuple[HeldForOrder, ...] = ()
    as_of: datetime


class CouponsRedeemed(Reply):
    """The submission has used every coupon up."""

    type: ClassVar = "catalog.coupons-redeemed.v1"

    submission_id: SubmissionId


class CouponsRefused(Refusal):
    """No coupon was used up.

    Attributes:
        code: As a ``CouponVerdict`` is refused, or RELEASED.
        coupon: The first that cannot be used.
    """

    type: ClassVar = "catalog.coupons-refused.v1"

    submission_id: SubmissionId
    coupon: str | None = None


class CouponsReturned(Reply):
    """The submission has used up no coupon, now and for good."""

    type: ClassVar = "catalog.coupons-returned.v1"

    submission_id: SubmissionId


class VoucherMade(Reply):
    """The voucher is there, and may be used."""

    type: ClassVar = "catalog.voucher-made.v1"

    code: str
    promotion: str


class VoucherRefused(Refusal):
    """No voucher was made.

    ``code`` is UNKNOWN_SITE, UNKNOWN_PROMOTION, PROMOTION_WITHOUT_COUPON, CURRENCY_MISMATCH,
    VALIDITY_EMPTY, VOUCHER_CODE_TAKEN, or VOUCHER_INVALID where several hold.

    Attributes:
        faults: Per field (a JSON Pointer into the errand), what is wrong.
    """

    type: ClassVar = "catalog.voucher-refused.v1"

    faults: dict[str, str] = Field(default_factory=dict[str, str])
