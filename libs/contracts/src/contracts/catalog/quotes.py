"""What lines cost a customer, and why: values of the question ``QuoteLines`` and its answer."""

from pydantic import BaseModel, ConfigDict, Field

from contracts.catalog.availability import Availability
from contracts.values import Money, Sku, SubmissionId


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class LineAsked(_Value):
    """A line to be priced.

    Attributes:
        line_id: The asker's number of the line; the answer names it.
        sku: What the customer wants; a product with options is named by its variant (CP-2).
        units: At least 1.
        manual_price: A unit price that staff set; it stands in for list, level and price list.
    """

    line_id: int
    sku: Sku
    units: int
    manual_price: Money | None = None


class PriceStep(_Value):
    """One step of a line's price, in the order in which they were taken (CP-5).

    Attributes:
        source: ``list``, ``level``, ``price-list`` or ``manual`` set the unit price; ``promotion``
            and ``coupon`` take something off the whole line.
        code: Of the price list, promotion or coupon; none for the site's own price.
        name: The same for people.
        amount: The unit price that was set, or what is taken off the line: never negative.
        min_units: Of the quantity break that applied.
        withheld: What the coupon of a submitted order would take off besides, if the order reached
            the coupon's minimum; told beside ``Standing``.
    """

    source: str
    code: str | None = None
    name: str | None = None
    amount: Money
    min_units: int | None = None
    withheld: Money | None = None


class Standing(_Value):
    """What a submitted order goes on with while it is revised, beside the lines to be priced.

    Attributes:
        submission_id: Coupons that it has used up apply on the terms of then, whatever has become
            of them, and are not used once more.
        worth: Of discountable goods before discounts; counts for minimums.
        taken: What coupons take off these goods, by code, or would if the order reached their
            minimum: one of an amount gives the rest of it.
    """

    submission_id: SubmissionId
    worth: Money
    taken: dict[str, Money] = Field(default_factory=dict[str, Money])


class Customisation(_Value):
    """The text that a customer may have put on a product (CP-3).

    Attributes:
        label: What is asked for, such as "Engraving".
        max_length: Characters the text may have.
    """

    label: str
    max_length: int
    required: bool = False


class LineQuote(_Value):
    """A line as this customer would buy it on this site.

    Attributes:
        product: Code of the product that the variant belongs to.
        options: What was chosen, by the option's name; empty for a product without options.
        list_price: The site's own unit price, before anything else.
        unit_price: The unit price that applies, before promotions and coupons.
        amount: ``unit_price`` times units.
        discount: What promotions and coupons take off ``amount``; from zero to ``amount``.
        discountable: False where the price list's entry forbids discounts (CP-4).
        trace: How the price came about; never empty.
        weight_grams: Of one unit, where known.
        availability: What can be promised; there when it was asked for.
    """

    line_id: int
    sku: Sku
    product: str
    name: str
    options: dict[str, str] = Field(default_factory=dict[str, str])
    list_price: Money
    unit_price: Money
    amount: Money
    discount: Money
    discountable: bool = True
    trace: tuple[PriceStep, ...]
    tax_category: str = "standard"
    weight_grams: int | None = None
    customisation: Customisation | None = None
    availability: Availability | None = None


class LineRefused(_Value):
    """A line that this customer cannot have on this site.

    Attributes:
        code: UNKNOWN_PRODUCT (not sold here, or not shown to this level), OPTIONS_MISSING (a
            product was named, and one of its variants is meant) or NOT_ON_PRICE_LIST (an exclusive
            list).
    """

    line_id: int
    sku: Sku
    code: str
    detail: str


class CouponVerdict(_Value):
    """What a coupon does to the lines (CP-7).

    Attributes:
        code: As the voucher is written, whatever case it was typed in.
        refusal: Why it does nothing: UNKNOWN_COUPON, COUPON_NOT_YET_VALID, COUPON_EXPIRED,
            COUPON_USED_UP, COUPON_NOT_FOR_CUSTOMER, COUPON_MINIMUM_NOT_REACHED,
            COUPON_NOT_COMBINABLE or COUPON_WITHOUT_EFFECT; none: it applies.
        discount: What it takes off all lines together.
        free_shipping: It makes shipping free.
    """

    code: str
    promotion: str | None = None
    name: str | None = None
    refusal: str | None = None
    detail: str | None = None
    discount: Money
    free_shipping: bool = False
