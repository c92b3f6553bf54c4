"""What the other services say, from data; what they really do is proved in their own tests."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from contracts.catalog.commands import AllocateStock, ReleaseStock, ReserveStock
from contracts.catalog.questions import QuoteProducts
from contracts.catalog.replies import (
    LocationStock,
    ProductQuote,
    ProductsQuoted,
    StockAllocated,
    StockReleased,
    StockReserved,
)
from contracts.customers.commands import VerifyCustomer
from contracts.customers.questions import DescribeCustomer
from contracts.customers.replies import (
    Address,
    CustomerDescribed,
    CustomerRefused,
    CustomerVerified,
)
from contracts.message import Command, Question, Reply
from contracts.payments.commands import AuthorisePayment, CapturePayment, VoidPayment
from contracts.payments.replies import PaymentAuthorised, PaymentCaptured, PaymentVoided
from contracts.values import CustomerId, CustomerSetId, LocationId, Money
from messaging.envelope import utc_now
from messaging.transport import Unanswered

ADDRESS = Address(name="Ada Byron", lines=("1 Square",), city="London", country="GB")
SOHO = LocationStock(
    location_id=LocationId(UUID(int=70)),
    code="soho",
    name="Soho",
    ships=False,
    pickup=True,
    delivery=False,
    available=3,
)
Saying = Callable[[Any], Reply]


@dataclass
class Shop:
    """What the other services know and say; a test changes it.

    Attributes:
        away: Services that give no answer.
        says: The reply to a command, where it is not yes.
        asked: Every question, in order.
        heard: Every command, in order.
    """

    prices: dict[str, int] = field(default_factory=lambda: {"MUG": 1200, "TEE": 1400})
    customers: dict[UUID, CustomerDescribed | CustomerRefused] = field(
        default_factory=dict[UUID, CustomerDescribed | CustomerRefused]
    )
    away: set[str] = field(default_factory=set[str])
    says: dict[type[Command], Saying] = field(default_factory=dict[type[Command], Saying])
    asked: list[Question] = field(default_factory=list[Question])
    heard: list[Command] = field(default_factory=list[Command])
    currency: str = "GBP"

    async def ask(self, question: Question, *, timeout: float = 5.0) -> Reply:  # noqa: ARG002, ASYNC109
        self.asked.append(question)
        if question.owner() in self.away:
            raise Unanswered(question.owner())
        match question:
            case QuoteProducts():
                return self._quoted(question)
            case DescribeCustomer():
                unknown = CustomerRefused(
                    code="UNKNOWN_CUSTOMER", detail="unknown", customer_id=question.customer_id
                )
                return self.customers.get(question.customer_id, unknown)
            case _:
                raise AssertionError(f"nobody is asked {question}")

    def _quoted(self, question: QuoteProducts) -> ProductsQuoted:
        return ProductsQuoted(
            products=tuple(
                ProductQuote(
                    sku=sku,
                    name=f"Fine {sku}",
                    price=Money(self.prices[sku], self.currency),
                    available=9,
                    locations=(SOHO,),
                )
                for sku in question.skus
                if sku in self.prices
            ),
            unknown=tuple(sku for sku in question.skus if sku not in self.prices),
            as_of=utc_now(),
        )

    def customer(self, name: str = "Ada Byron", refused: str | None = None) -> str:
        """Make a customer; gives their id."""
        id_ = CustomerId(uuid4())
        if refused:
            self.customers[id_] = CustomerRefused(code=refused, detail="no", customer_id=id_)
        else:
            self.customers[id_] = CustomerDescribed(
                customer_id=id_,
                customer_set_id=CustomerSetId(uuid4()),
                name=name,
                billing_address=ADDRESS,
                shipping_address=ADDRESS,
            )
        return str(id_)

    def reply(self, command: Command) -> Reply:
        self.heard.append(command)
        if type(command) in self.says:
            return self.says[type(command)](command)
        match command:
            case VerifyCustomer():
                return CustomerVerified(customer_id=command.customer_id)
            case ReserveStock():
                return StockReserved(submission_id=command.submission_id)
            case ReleaseStock():
                return StockReleased(submission_id=command.submission_id)
            case AllocateStock():
                return StockAllocated(submission_id=command.submission_id)
            case AuthorisePayment():
                return PaymentAuthorised(payment_id=command.payment_id, state="authorised")
            case VoidPayment():
                return PaymentVoided(payment_id=command.payment_id)
            case CapturePayment():
                return PaymentCaptured(payment_id=command.payment_id, state="captured")
            case _:
                raise AssertionError(f"nobody is told {command}")


COMMANDS: dict[str, type[Command]] = {
    command.type: command
    for command in (
        VerifyCustomer,
        ReserveStock,
        ReleaseStock,
        AllocateStock,
        AuthorisePayment,
        VoidPayment,
        CapturePayment,
    )
}
