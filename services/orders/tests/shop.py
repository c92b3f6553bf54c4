"""What the other services say, from data; what they really do is proved in their own tests."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from contracts.catalog.availability import Availability, LocationAvailability
from contracts.catalog.commands import (
    AllocateStock,
    HoldStock,
    RedeemCoupons,
    ReleaseStock,
    ReserveStock,
    ReturnCoupons,
    ReturnStock,
)
from contracts.catalog.questions import (
    MakeVoucher,
    QuoteLines,
    TellAvailability,
    TellHeldStock,
)
from contracts.catalog.quotes import (
    CouponVerdict,
    Customisation,
    LineAsked,
    LineQuote,
    LineRefused,
    PriceStep,
)
from contracts.catalog.replies import (
    AvailabilityTold,
    CouponsRedeemed,
    CouponsReturned,
    HeldForOrder,
    HeldLine,
    HeldStockTold,
    LinesQuoted,
    QuoteRefused,
    StockAllocated,
    StockHeld,
    StockReleased,
    StockReserved,
    StockReturned,
    VoucherMade,
    VoucherRefused,
)
from contracts.customers.commands import MailCustomer, VerifyCustomer
from contracts.customers.questions import (
    CheckAddresses,
    DescribeCustomer,
    FindCustomer,
    KeepAddresses,
)
from contracts.customers.replies import (
    Address,
    AddressesFit,
    AddressesKept,
    AddressesNotKept,
    CustomerDescribed,
    CustomerMailed,
    CustomerNotFound,
    CustomerRefused,
    CustomerVerified,
)
from contracts.gift_cards import code_digest
from contracts.message import Command, Question, Reply
from contracts.payments.commands import (
    AuthorisePayment,
    CapturePayment,
    LowerPayment,
    RefundPayment,
    VoidPayment,
)
from contracts.payments.questions import TellCredit, TellMethods, TellPayments
from contracts.payments.replies import CreditTold, MethodsTold, OfferedMethod
from contracts.values import CustomerId, CustomerSetId, LocationId, Money, Sku
from messaging.envelope import utc_now
from messaging.transport import Unanswered

from services.orders.tests.till import Till

ADDRESS = Address(name="Ada Byron", lines=("1 Square",), city="London", country="GB")
SOHO = LocationAvailability(
    location_id=LocationId(UUID(int=70)),
    code="soho",
    name="Soho",
    ships=False,
    pickup=True,
    delivery=False,
    current=3,
)
DEPOT = LocationAvailability(
    location_id=LocationId(UUID(int=71)),
    code="depot",
    name="Depot",
    ships=True,
    pickup=False,
    delivery=True,
    current=3,
)
METHODS = (
    OfferedMethod(code="card", gateway="test", tokens={"tok_ok": "a card that is taken"}),
    OfferedMethod(code="bank-transfer"),
    OfferedMethod(code="purchase-order"),
    OfferedMethod(code="store-credit", gateway="credit"),
    OfferedMethod(code="gift-card", gateway="credit"),
)
Saying = Callable[[Any], Reply]


def _available(sku: Sku, current: int = 99) -> Availability:
    return Availability(sku=sku, current=current, locations=(DEPOT, SOHO))


@dataclass
class Shop:
    """What the other services know and say; a test changes it.

    Attributes:
        books: Addresses that were kept, by customer.
        vouchers: What was made, by code.
        forgotten: Codes of vouchers whose first answer is lost on the way.
        references: Customers by external reference.
        levels: Unit prices by SKU and code of a level or price list.
        coupons: Percent off, by code in upper case.
        minimums: Goods from which a coupon applies, by code in upper case.
        stock: What there is of a SKU, where it is not enough.
        sale: Percent that a promotion takes off everything.
        away: Services that give no answer.
        says: The reply to a command, where it is not yes.
        asked: Every question, in order.
        heard: Every command, in order.
        methods: What every site offers.
        credit: Store credit of every customer, in minor units.
        lying: What the catalog says that an order has where.
        gift_cards: What is left on each, by code.
    """

    prices: dict[str, int] = field(default_factory=lambda: {"MUG": 1200, "TEE": 1400})
    customers: dict[UUID, CustomerDescribed | CustomerRefused] = field(
        default_factory=dict[UUID, CustomerDescribed | CustomerRefused]
    )
    books: dict[UUID, list[Address]] = field(default_factory=dict[UUID, list[Address]])
    vouchers: dict[str, MakeVoucher] = field(default_factory=dict[str, MakeVoucher])
    forgotten: set[str] = field(default_factory=set[str])
    references: dict[str, CustomerId] = field(default_factory=dict[str, CustomerId])
    levels: dict[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])
    price_lists: set[str] = field(default_factory=set[str])
    coupons: dict[str, int] = field(default_factory=dict[str, int])
    minimums: dict[str, int] = field(default_factory=dict[str, int])
    weights: dict[str, int] = field(default_factory=dict[str, int])
    texts: dict[str, Customisation] = field(default_factory=dict[str, Customisation])
    with_options: set[str] = field(default_factory=set[str])
    stock: dict[str, int] = field(default_factory=dict[str, int])
    sale: int = 0
    free_shipping: bool = False
    till: Till = field(default_factory=Till)
    away: set[str] = field(default_factory=set[str])
    says: dict[type[Command], Saying] = field(default_factory=dict[type[Command], Saying])
    asked: list[Question] = field(default_factory=list[Question])
    heard: list[Command] = field(default_factory=list[Command])
    currency: str = "GBP"
    methods: tuple[OfferedMethod, ...] = METHODS
    lying: tuple[HeldForOrder, ...] = ()
    credit: int = 0
    gift_cards: dict[str, int] = field(default_factory=dict[str, int])

    async def ask(self, question: Question, *, timeout: float = 5.0) -> Reply:  # noqa: ARG002, ASYNC109
        self.asked.append(question)
        if question.owner() in self.away:
            raise Unanswered(question.owner())
        match question:
            case QuoteLines():
                return self._quoted(question)
            case TellAvailability():
                told = tuple(
                    _available(sku, self.stock.get(sku, 99))
                    for sku in question.skus
                    if sku in self.prices
                )
                return AvailabilityTold(products=told, as_of=utc_now())
            case TellHeldStock():
                lines, order_id = self.lying, question.order_id
                return HeldStockTold(order_id=order_id, lines=lines, as_of=utc_now())
            case TellPayments() | TellMethods() | TellCredit():
                return self._of_payments(question)
            case DescribeCustomer():
                unknown = CustomerRefused(
                    code="UNKNOWN_CUSTOMER", detail="unknown", customer_id=question.customer_id
                )
                return self.customers.get(question.customer_id, unknown)
            case KeepAddresses() | CheckAddresses():
                return self._kept(question)
            case MakeVoucher():
                return self._voucher(question)
            case FindCustomer():
                nobody = CustomerNotFound(code="UNKNOWN_CUSTOMER", detail="unknown")
                known = self.references.get(question.external_reference)
                return self.customers[known] if known else nobody
            case _:
                raise AssertionError(f"nobody is asked {question}")

    def _kept(self, errand: KeepAddresses | CheckAddresses) -> Reply:
        wrong = {
            f"/addresses/{place}/postal_code": "this is no postal code"
            for place, address in enumerate(errand.addresses)
            if address.postal_code == "wrong"
        }
        if wrong:
            id_, detail = errand.customer_id, "this is no postal code"
            return AddressesNotKept(
                customer_id=id_, code="ADDRESS_INVALID", detail=detail, faults=wrong
            )
        if isinstance(errand, CheckAddresses):
            return AddressesFit(customer_id=errand.customer_id)
        self.books.setdefault(errand.customer_id, []).extend(errand.addresses)
        return AddressesKept(customer_id=errand.customer_id, version=2)

    def _of_payments(self, question: TellPayments | TellMethods | TellCredit) -> Reply:
        match question:
            case TellPayments():
                return self.till.told(question)
            case TellMethods():
                return MethodsTold(site_id=question.site_id, methods=self.methods)
            case TellCredit():
                return self._credit(question)

    def _credit(self, question: TellCredit) -> CreditTold:
        assert question.gift_cards == (), "a code is told to nobody"
        cards = {code_digest(code): left for code, left in self.gift_cards.items()}
        left = (cards.get(digest) for digest in question.code_digests)
        return CreditTold(
            site_id=question.site_id,
            store_credit=Money(self.credit, self.currency),
            gift_cards=tuple(
                Money(one, self.currency) if one is not None else None for one in left
            ),
        )

    def _voucher(self, errand: MakeVoucher) -> VoucherMade | VoucherRefused:
        if errand.promotion is not None:
            detail = f"there is no promotion {errand.promotion}"
            faults = {"/promotion": detail}
            return VoucherRefused(code="UNKNOWN_PROMOTION", detail=detail, faults=faults)
        known = self.vouchers.setdefault(errand.code, errand)
        if known != errand:
            return VoucherRefused(code="VOUCHER_CODE_TAKEN", detail="taken")
        assert errand.deal is not None
        self.coupons[errand.code] = (errand.deal.basis_points or 0) // 100
        if errand.code in self.forgotten:
            self.forgotten.remove(errand.code)
            raise Unanswered(errand.owner())
        return VoucherMade(code=errand.code, promotion="own")

    def _quoted(self, question: QuoteLines) -> LinesQuoted | QuoteRefused:
        if question.price_list and question.price_list not in self.price_lists:
            return QuoteRefused(code="UNKNOWN_PRICE_LIST", detail="there is no such list")
        sold = [line for line in question.lines if line.sku in self.prices]
        quotes = tuple(self._line(line, question) for line in sold)
        return LinesQuoted(
            currency=self.currency,
            lines=quotes,
            refused=tuple(self._not_sold(line) for line in question.lines if line not in sold),
            coupons=tuple(self._verdict(code, quotes, question) for code in question.coupons),
            free_shipping=self.free_shipping,
            as_of=utc_now(),
        )

    def _not_sold(self, line: LineAsked) -> LineRefused:
        code = "OPTIONS_MISSING" if line.sku in self.with_options else "UNKNOWN_PRODUCT"
        detail = f"this site does not sell {line.sku}"
        return LineRefused(line_id=line.line_id, sku=line.sku, code=code, detail=detail)

    def _line(self, line: LineAsked, question: QuoteLines) -> LineQuote:
        price = listed = Money(self.prices[line.sku], self.currency)
        trace = [PriceStep(source="list", amount=listed)]
        for code in (question.level, question.price_list):
            if code and (line.sku, code) in self.levels:
                price = Money(self.levels[line.sku, code], self.currency)
                source = "level" if code == question.level else "price-list"
                trace.append(PriceStep(source=source, code=code, amount=price))
        if line.manual_price:
            price = line.manual_price
            trace.append(PriceStep(source="manual", amount=price))
        off = price.minor * line.units * self.sale // 100
        if off:
            amount = Money(off, self.currency)
            trace.append(PriceStep(source="promotion", code="sale", name="Sale", amount=amount))
        for code in question.coupons:
            taken = (price.minor * line.units - off) * self.coupons.get(code.upper(), 0) // 100
            amount, held = Money(taken, self.currency), None
            if self._worth(question) < self.minimums.get(code.upper(), 0):
                if question.standing is None:
                    continue
                taken, amount, held = 0, Money(0, self.currency), amount
            if amount.minor or held:
                step = PriceStep(source="coupon", code=code.upper(), amount=amount, withheld=held)
                trace.append(step)
            off += taken
        return LineQuote(
            line_id=line.line_id,
            sku=line.sku,
            product=line.sku,
            name=f"Fine {line.sku}",
            list_price=listed,
            unit_price=price,
            amount=Money(price.minor * line.units, self.currency),
            discount=Money(off, self.currency),
            trace=tuple(trace),
            weight_grams=self.weights.get(line.sku),
            customisation=self.texts.get(line.sku),
            availability=_available(line.sku) if question.with_availability else None,
        )

    def _worth(self, question: QuoteLines) -> int:
        standing = question.standing.worth.minor if question.standing else 0
        asked = (line for line in question.lines if line.sku in self.prices)
        return standing + sum(
            (line.manual_price.minor if line.manual_price else self.prices[line.sku]) * line.units
            for line in asked
        )

    def _verdict(
        self, code: str, quotes: tuple[LineQuote, ...], question: QuoteLines
    ) -> CouponVerdict:
        nothing = Money(0, self.currency)
        if code.upper() not in self.coupons:
            return CouponVerdict(
                code=code, refusal="UNKNOWN_COUPON", detail="no such coupon", discount=nothing
            )
        if self._worth(question) < self.minimums.get(code.upper(), 0):
            return CouponVerdict(
                code=code.upper(),
                refusal="COUPON_MINIMUM_NOT_REACHED",
                detail="the goods do not reach the coupon's minimum",
                discount=nothing,
            )
        steps = [step for quote in quotes for step in quote.trace if step.code == code.upper()]
        discount = sum((step.amount for step in steps), start=nothing)
        return CouponVerdict(code=code.upper(), promotion="sale", discount=discount)

    def customer(
        self,
        name: str = "Ada Byron",
        refused: str | None = None,
        reference: str | None = None,
        **known: Any,  # noqa: ANN401
    ) -> str:
        """Make a customer; gives their id."""
        id_ = CustomerId(uuid4())
        if reference:
            self.references[reference] = id_
        if refused:
            self.customers[id_] = CustomerRefused(code=refused, detail="no", customer_id=id_)
        else:
            self.customers[id_] = CustomerDescribed(
                customer_id=id_,
                customer_set_id=CustomerSetId(uuid4()),
                name=name,
                billing_address=ADDRESS,
                shipping_address=ADDRESS,
                **known,
            )
        return str(id_)

    def reply(self, command: Command) -> Reply:
        self.heard.append(command)
        if type(command) in self.says:
            return self.says[type(command)](command)
        return self._yes(command)

    def _yes(self, command: Command) -> Reply:
        match command:
            case VerifyCustomer():
                return CustomerVerified(customer_id=command.customer_id)
            case MailCustomer():
                return CustomerMailed(mail_id=command.mail_id, customer_id=command.customer_id)
            case AuthorisePayment() | VoidPayment() | CapturePayment():
                return self.till.reply(command)
            case RefundPayment() | LowerPayment():
                return self.till.reply(command)
            case _:
                return self._catalog_agrees(command)

    def _catalog_agrees(self, command: Command) -> Reply:
        match command:
            case HoldStock():
                return self._held(command)
            case ReserveStock():
                return StockReserved(submission_id=command.submission_id)
            case ReleaseStock():
                return StockReleased(submission_id=command.submission_id)
            case AllocateStock():
                return StockAllocated(submission_id=command.submission_id)
            case RedeemCoupons():
                return CouponsRedeemed(submission_id=command.submission_id)
            case ReturnCoupons():
                return CouponsReturned(submission_id=command.submission_id)
            case ReturnStock():
                return self._returned(command)
            case _:
                raise AssertionError(f"nobody is told {command}")

    def _returned(self, command: ReturnStock) -> StockReturned:
        """Give back what is named, or what the order's reservations were for."""
        mine = (one for one in self.heard if isinstance(one, ReserveStock))
        all_lines = (line for one in mine if one.order_id == command.order_id for line in one.lines)
        lines = tuple(
            HeldLine(sku=line.sku, location_id=SOHO.location_id, units=line.units)
            for line in (all_lines if command.lines is None else command.lines)
        )
        return StockReturned(return_id=command.return_id, lines=lines)

    def _held(self, command: HoldStock) -> StockHeld:
        lines = tuple(
            HeldLine(sku=line.sku, location_id=SOHO.location_id, units=line.units)
            for line in command.lines
        )
        return StockHeld(hold_id=command.hold_id, lines=lines, expires_at=command.expires_at)


COMMANDS: dict[str, type[Command]] = {
    command.type: command
    for command in (
        VerifyCustomer,
        MailCustomer,
        ReserveStock,
        ReleaseStock,
        AllocateStock,
        RedeemCoupons,
        ReturnCoupons,
        ReturnStock,
        HoldStock,
        AuthorisePayment,
        VoidPayment,
        CapturePayment,
        RefundPayment,
        LowerPayment,
    )
}
