"""What stands on an order: lines, addresses, shipping, payments, notes; all it does is add up.

A content is a value: each change gives another one, or says why not. States and versions are the
order's affair.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from contracts.values import AmountOutOfRange, Money

from orders.domain.errors import Fault, NoSuchPart, NotAcceptable
from orders.domain.lines import Fulfilment, Line, LineTerms
from orders.domain.payments import Payment, PaymentTerms, shares

MAX_LINES = 1000
MAX_PAYMENTS = 20


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address as it stands on this order; the customer's own stays as it is (FU-5).

    Attributes:
        country: ISO 3166-1 alpha-2 code.
    """

    name: str
    lines: tuple[str, ...]
    city: str
    country: str
    company: str | None = None
    region: str | None = None
    postal_code: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Shipping:
    """How the order is shipped, in words, and what that costs."""

    cost: Money
    method: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """Why the last submission came back.

    Attributes:
        step: The step that said no.
        pointer: JSON Pointer into the order, where a line or field is to blame.
    """

    step: str
    code: str
    detail: str
    pointer: str | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """What an order comes to; the parts add up (TO-1).

    Attributes:
        shipping: Nothing when no line ships.
        total: ``goods`` and ``shipping``.
        paid: What the payments amount to.
        balance: What ``paid`` leaves of ``total``; negative when it is more than that.
    """

    goods: Money
    shipping: Money
    total: Money
    paid: Money
    balance: Money


@dataclass(frozen=True, slots=True)
class Content:
    """Everything on an order; amounts are in ``currency``, the site's.

    Attributes:
        lines: In the order in which they were added, at most ``MAX_LINES``.
        lines_ever: Number of the last line that was added; so ``payments_ever``.
        refusals: Of the last submission; empty once another begins.
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

    @property
    def goods(self) -> Money:
        """Give the price of all lines."""
        return sum((line.amount for line in self.lines), start=Money(0, self.currency))

    def totals(self) -> Totals:
        """Add up."""
        goods = self.goods
        total = goods + self.shipping.cost if self.shipping and self._ships() else goods
        paid = sum(shares(self.payments, total), start=Money(0, self.currency))
        return Totals(goods, total - goods, total, paid, total - paid)

    def _ships(self) -> bool:
        """Tell whether shipping is paid for: not when every line is collected or delivered (FU-2).

        What was chosen stays on the order all the same, for the next line may ship again.
        """
        fulfilments = {line.terms.fulfilment for line in self.lines}
        return not fulfilments or Fulfilment.SHIP in fulfilments

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
        if wrong := [fault for at, terms in wanted for fault in self._line_faults(at, terms)]:
            raise NotAcceptable(wrong)
        first = self.lines_ever + 1
        new = tuple(Line(number, terms) for number, (_, terms) in enumerate(wanted, first))
        lines = (*self.lines, *new)
        added = replace(self, lines=lines, lines_ever=self.lines_ever + len(new))
        return _added_up(added, f"{wanted[-1][0]}/units")

    def with_line(self, line: Line) -> "Content":
        """Put a line in the place of the one that has its number.

        Raises:
            NotAcceptable: As for a line that is added; the pointers are into the line.
        """
        if wrong := self._line_faults("", line.terms):
            raise NotAcceptable(wrong)
        lines = tuple(line if one.line_id == line.line_id else one for one in self.lines)
        return _added_up(replace(self, lines=lines), "/units")

    def without_line(self, line_id: int) -> "Content":
        """Leave a line out.

        Raises:
            NoSuchPart: There is none.
        """
        gone = self.line(line_id)
        return replace(self, lines=tuple(line for line in self.lines if line is not gone))

    def _line_faults(self, at: str, terms: LineTerms) -> list[Fault]:
        place = "/price/unit" if terms.manual else ""
        if terms.unit_price.currency != self.currency:
            return [self._wrong_currency(f"{at}{place}/currency", terms.unit_price)]
        if terms.unit_price.minor < 0:
            detail = "a price cannot be below zero"
            return [Fault(f"{at}{place}/minor", "AMOUNT_OUT_OF_RANGE", detail)]
        try:
            _ = terms.unit_price * terms.units
        except AmountOutOfRange as error:
            return [Fault(f"{at}{place or '/units'}", "AMOUNT_OUT_OF_RANGE", str(error))]
        return []

    # -- shipping

    def with_shipping(self, shipping: Shipping, at: str = "") -> "Content":
        """Set how the order is shipped and what that costs; ``at`` points to it.

        Raises:
            NotAcceptable: The cost is below zero, in another currency, or too much.
        """
        cost = shipping.cost
        if cost.currency != self.currency:
            raise NotAcceptable([self._wrong_currency(f"{at}/cost/currency", cost)])
        if cost.minor < 0:
            detail = "shipping cannot cost less than nothing"
            raise NotAcceptable.at(f"{at}/cost/minor", "AMOUNT_OUT_OF_RANGE", detail)
        return _added_up(replace(self, shipping=shipping), f"{at}/cost")

    # -- payments

    def with_payment(self, terms: PaymentTerms, at: str = "") -> "Content":
        """Add a payment; ``at`` points to it (PA-8).

        Raises:
            NotAcceptable: It is wrong by itself, or with the others more than the total.
        """
        wrong = terms.faults(at)
        if terms.amount is not None and terms.amount.currency != self.currency:
            wrong.append(self._wrong_currency(f"{at}/amount/currency", terms.amount))
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

    def _wrong_currency(self, at: str, amount: Money) -> Fault:
        detail = f"the site's currency is {self.currency}, not {amount.currency}"
        return Fault(at, "CURRENCY_MISMATCH", detail)


def _added_up(content: Content, at: str) -> Content:
    """Give a content if it adds up.

    Raises:
        NotAcceptable: It does not fit 64 bits; ``at`` points to what was changed.
    """
    try:
        content.totals()
    except AmountOutOfRange as error:
        raise NotAcceptable.at(at, "AMOUNT_OUT_OF_RANGE", f"in all: {error}") from error
    return content
