"""What the catalog service can be asked to tell."""

from datetime import datetime
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from contracts.catalog.quotes import LineAsked, Standing
from contracts.message import Errand, Question
from contracts.values import CustomerId, Money, OrderId, SiteId, Sku, StaffId


class QuoteProducts(Question):
    """Tell name, price and stock of products as this site sells them.

    Answered by ``ProductsQuoted``, or by ``QuoteRefused``. ``skus`` holds 1 to 1,000 distinct SKUs;
    with fifty locations the answer to more than 100 of them would not fit a message.
    """

    type: ClassVar = "catalog.quote-products.v1"

    site_id: SiteId
    skus: tuple[Sku, ...]


class QuoteLines(Question):
    """Tell what lines cost a customer on a site, and what can be promised of them (CP-1).

    Answered by ``LinesQuoted``, or by ``QuoteRefused``. Changes nothing: no coupon is used up.

    Attributes:
        customer_id: Whose usage of coupons counts; none is not known yet.
        level: Code of the customer's level in the site's customer set (CU-14).
        price_list: Code of a list that staff put on the order (CP-4).
        coupons: Codes, in any case of letters, in the order in which they were added.
        lines: Up to 1,000; with availability up to 100, or the answer grows too large. Without any,
            only the price list is judged.
        with_availability: Tell what can be promised of each line's product as well.
        standing: Of an order that is revised: what it has beside these lines.
    """

    type: ClassVar = "catalog.quote-lines.v1"

    site_id: SiteId
    customer_id: CustomerId | None = None
    level: str | None = None
    price_list: str | None = None
    coupons: tuple[str, ...] = ()
    lines: tuple[LineAsked, ...]
    with_availability: bool = True
    standing: Standing | None = None


class TellAvailability(Question):
    """Tell what a site can promise of products, now and later.

    Answered by ``AvailabilityTold``, or by ``QuoteRefused``. ``skus`` holds 1 to 100 distinct SKUs.
    """

    type: ClassVar = "catalog.tell-availability.v1"

    site_id: SiteId
    skus: tuple[Sku, ...]


class TellHeldStock(Question):
    """Tell where the stock lies that an order has: as a draft, under submission, or as its own.

    Answered by ``HeldStockTold``, also when it has none.
    """

    type: ClassVar = "catalog.tell-held-stock.v1"

    order_id: OrderId


class VoucherDeal(BaseModel):
    """What a voucher of its own takes off: a percentage, an amount, or the shipping.

    Attributes:
        basis_points: Of a percentage: 1 to 10,000.
        amount: Of an amount, in the site's currency.
        minimum: Discountable goods from which it applies.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    kind: Literal["percent", "amount", "free-shipping"]
    basis_points: int | None = None
    amount: Money | None = None
    minimum: Money | None = None


class MakeVoucher(Errand):
    """Make a voucher that may be used at once (CP-7).

    Answered by ``VoucherMade``, or by ``VoucherRefused``. A code that another voucher has is
    refused, unless it was made by this same errand.

    Attributes:
        code: 3 to 40 letters, digits, - and _.
        promotion: Code of a promotion that needs a coupon; without one, ``deal`` is there.
        customer_id: The only one who may use it.
        valid_until: UTC; none is without end.
        staff_id: Who makes it.
    """

    type: ClassVar = "catalog.make-voucher.v1"

    code: str
    site_id: SiteId
    promotion: str | None = None
    deal: VoucherDeal | None = None
    customer_id: CustomerId | None = None
    limit_total: int | None = None
    limit_per_customer: int | None = None
    valid_until: datetime | None = None
    staff_id: StaffId
