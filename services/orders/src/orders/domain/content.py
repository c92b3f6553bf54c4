"""What stands on an order: lines, addresses, shipping, payments, notes; all it does is add up.

A content is a value: each change gives another one, or says why not. States and versions are the
order's affair.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from contracts.values import AmountOutOfRange, Money

from orders.domain.adjustments import Adjustment
from orders.domain.cancelling import Cancellation
from orders.domain.errors import Fault, NoSuchPart, NotAcceptable
from orders.domain.lines import Fulfilment, Line, LineTerms
from orders.domain.parts import Address, Buyer, Refused, Shipping
from orders.domain.payments import Payment, PaymentTerms, shares
from orders.domain.pricing import Coupon
from orders.domain.reasons import Reason
from orders.domain.taxes import UNTAXED, TaxTerms, ToldRates
from orders.domain.totals import Carriage, Sums, Totals, sums_of, totals_of

MAX_LINES = 1000
MAX_PAYMENTS = 20
MAX_COUPONS = 10


@dataclass(frozen=True, slots=True)
class Content:
    """Everything on an order; amounts are in ``currency``, the site's.

    Attributes:
        lines: In the order in which they were added, at most ``MAX_LINES``.
        lines_ever: Number of the last line that was added; so ``payments_ever``.
        refusals: Of the last submission; empty once another begins.
        buyer: What prices and tax depend on; none without a customer.
        price_list: Code of the list that staff put on the order (CP-4).
        adjustment: Of the goods in all; shared out over the lines (CP-6).
        offer_shipping: Shipping costs nothing, whatever the method (FU-4).
        free_shipping: A promotion or coupon makes it cost nothing.
        gift_message: Marks the order as a gift (GI-1).
        told_rates: What the outside tax provider said last; none: it was not asked.
        hold_id: What the stock is held under for this draft (IN-11); none: no hold was asked for.
        kept_for_customer: Staff are done, and the customer may check it out (SN-1).
        hand_over_id: The link by which it was handed to the customer last (PA-5, PA-6).
        cancellation: Of a submitted order, and what it has brought back; none: it stands.
        takes_over: The customer's cart that staff edit on this draft, to be returned (SN-3).
        cancel_reason: Why it is, or is being, cancelled; none: nobody said.
        revisions: How often it was revised since it was submitted.
    """

    currency: str
    lines: tuple[Line, ...] = ()
    lines_ever: int = 0
    billing_address: Address | None = None
    shipping_address: Address | None = None
    shipping: Shipping | None = None
    payments: tuple[Payment, ...] = ()
    payments_ever: int = 0
    customer_note: str | None = None
    staff_note: str | None = None
    refusals: tuple[Refused, ...] = ()
    buyer: Buyer | None = None
    price_list: str | None = None
    coupons: tuple[Coupon, ...] = ()
    adjustment: Adjustment | None = None
    shipping_adjustment: Adjustment | None = None
    offer_shipping: bool = False
    free_shipping: bool = False
    gift_message: str | None = None
    tax: TaxTerms = UNTAXED
    told_rates: ToldRates | None = None
    hold_id: UUID | None = None
    kept_for_customer: bool = False
    hand_over_id: UUID | None = None
    takes_over: UUID | None = None
    cancellation: Cancellation | None = None
    cancel_reason: Reason | None = None
    revisions: int = 0

    def sums(self) -> Sums:
        """Add up, part by part."""
        free = self.offer_shipping or self.free_shipping
        shipping = self.shipping if self.ships else None
        carriage = Carriage(shipping, self.shipping_adjustment, is_free=free)
        return sums_of(self.lines, self.adjustment, carriage, self.tax)

    def totals(self, sums: Sums | None = None) -> Totals:
        """Add up.

        Raises:
            AmountOutOfRange: An amount does not fit 64 bits.
        """
        sums = sums or self.sums()
        paid = shares(self.payments, Money(sums.total, self.currency))
        return totals_of(sums, paid, self.currency)

    @property
    def ships(self) -> bool:
        """Tell whether shipping is paid for: not when every line is collected or delivered (FU-2).

        What was chosen stays on the order all the same, for the next line may ship again.
        """
        return not self.lines or any(
            line.terms.fulfilment is Fulfilment.SHIP for line in self.lines
        )

    @property
    def is_sent(self) -> bool:
        """Tell whether a line goes to an address: shipped or delivered."""
        return any(line.terms.fulfilment is not Fulfilment.PICKUP for line in self.lines)

    # -- lines

    def line(self, line_id: int) -> Line:
        """Give a line.

        Raises:
            NoSuchPart: There is none.
        """
        found = next((line for line in self.lines if line.line_id == line_id), None)
        if found is None:
            raise NoSuchPart("line")
        return found

    def with_lines(self, wanted: Sequence[tuple[str, LineTerms]]) -> "Content":
        """Add lines, at least one; each comes with the pointer to it.

        Raises:
            NotAcceptable: A price is of another currency, an amount does not fit 64 bits, or there
                are too many lines.
        """
        if len(self.lines) + len(wanted) > MAX_LINES:
            detail = f"an order has at most {MAX_LINES} lines"
            raise NotAcceptable.at(wanted[0][0], "TOO_MANY_LINES", detail)
        if wrong := [fault for at, terms in wanted for fault in self.line_faults(at, terms)]:
            raise NotAcceptable(wrong)
        first = self.lines_ever + 1
        new = tuple(Line(number, terms) for number, (_, terms) in enumerate(wanted, first))
        lines = (*self.lines, *new)
        added = replace(self, lines=lines, lines_ever=self.lines_ever + len(new))
        return added.added_up(f"{wanted[-1][0]}/units")

    def with_line(self, line: Line) -> "Content":
        """Put a line in the place of the one that has its number.

        Raises:
            NotAcceptable: As for a line that is added; the pointers are into the line.
        """
        if wrong := self.line_faults("", line.terms):
            raise NotAcceptable(wrong)
        lines = tuple(line if one.line_id == line.line_id else one for one in self.lines)
        return replace(self, lines=lines).added_up("/units")

    def without_line(self, line_id: int) -> "Content":
        """Leave a line out.

        Raises:
            NoSuchPart: There is none.
        """
        gone = self.line(line_id)
        return replace(self, lines=tuple(line for line in self.lines if line is not gone))

    def line_faults(self, at: str, terms: LineTerms) -> list[Fault]:
        """Say what is wrong with a line's amounts; ``at`` points to it."""
        place = "/price/unit" if terms.manual else ""
        if terms.unit_price.currency != self.currency:
            return [self.wrong_currency(f"{at}{place}/currency", terms.unit_price)]
        if terms.unit_price.minor < 0:
            detail = "a price cannot be below zero"
            return [Fault(f"{at}{place}/minor", "AMOUNT_OUT_OF_RANGE", detail)]
        try:
            goods = terms.unit_price * terms.units
        except AmountOutOfRange as error:
            return [Fault(f"{at}{place or '/units'}", "AMOUNT_OUT_OF_RANGE", str(error))]
        if terms.adjustment is None:
            return []
        found = terms.adjustment.fault(f"{at}/adjustment", goods.minor, self.currency)
        return [found] if found else []

    # -- shipping

    def with_shipping(self, shipping: Shipping, at: str = "") -> "Content":
        """Set how the order is shipped and what that costs; ``at`` points to it.

        Raises:
            NotAcceptable: The cost is below zero, in another currency, or too much.
        """
        cost = shipping.cost
        if cost.currency != self.currency:
            raise NotAcceptable([self.wrong_currency(f"{at}/cost/currency", cost)])
        if cost.minor < 0:
            detail = "shipping cannot cost less than nothing"
            raise NotAcceptable.at(f"{at}/cost/minor", "AMOUNT_OUT_OF_RANGE", detail)
        return replace(self, shipping=shipping).added_up(f"{at}/cost")

    # -- payments

    def with_payment(self, terms: PaymentTerms, at: str = "") -> "Content":
        """Add a payment; ``at`` points to it (PA-8).

        Raises:
            NotAcceptable: It is wrong by itself, or with the others more than the total.
        """
        wrong = terms.faults(at)
        if terms.amount is not None and terms.amount.currency != self.currency:
            wrong.append(self.wrong_currency(f"{at}/amount/currency", terms.amount))
        if len(self.payments) >= MAX_PAYMENTS:
            detail = f"an order has at most {MAX_PAYMENTS} payments"
            wrong.append(Fault(at, "TOO_MANY_PAYMENTS", detail))
        if wrong:
            raise NotAcceptable(wrong)
        number = self.payments_ever + 1
        added = replace(
            self, payments=(*self.payments, Payment(number, terms)), payments_ever=number
        )
        if terms.amount is None and any(one.terms.amount is None for one in self.payments):
            detail = "another payment covers what is left to pay; give an amount"
            raise NotAcceptable.at(f"{at}/amount", "NOTHING_LEFT_TO_PAY", detail)
        if fault := added.overpaid(f"{at}/amount"):
            raise NotAcceptable([fault])
        return added

    def without_payment(self, payment_no: int) -> "Content":
        """Leave a payment out.

        Raises:
            NoSuchPart: There is none.
        """
        left = tuple(one for one in self.payments if one.payment_no != payment_no)
        if len(left) == len(self.payments):
            raise NoSuchPart("payment")
        return replace(self, payments=left)

    def overpaid(self, at: str) -> Fault | None:
        """Tell of payments that are more than the total; ``at`` points to them."""
        try:
            totals = self.totals()
        except AmountOutOfRange as error:
            return Fault(at, "AMOUNT_OUT_OF_RANGE", str(error))
        if totals.balance.minor >= 0:
            return None
        detail = f"payments of {totals.paid.minor} are more than the total, {totals.total.minor}"
        return Fault(at, "PAYMENTS_EXCEED_TOTAL", detail)

    # -- what every change needs

    def wrong_currency(self, at: str, amount: Money) -> Fault:
        """Say that an amount is not in the site's currency; ``at`` points to it."""
        detail = f"the site's currency is {self.currency}, not {amount.currency}"
        return Fault(at, "CURRENCY_MISMATCH", detail)

    def added_up(self, at: str) -> "Content":
        """Give this content if it adds up.

        Raises:
            NotAcceptable: It does not fit 64 bits; ``at`` points to what was changed.
        """
        try:
            self.totals()
        except AmountOutOfRange as error:
            raise NotAcceptable.at(at, "AMOUNT_OUT_OF_RANGE", f"in all: {error}") from error
        return self
