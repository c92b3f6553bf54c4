"""The payments service on paper: what it holds of each payment, and how it answers."""

from dataclasses import dataclass, field

from contracts.message import Reply
from contracts.payments.commands import (
    AuthorisePayment,
    CapturePayment,
    LowerPayment,
    RefundPayment,
    VoidPayment,
)
from contracts.payments.questions import TellPayments
from contracts.payments.replies import (
    PaymentAuthorised,
    PaymentCaptured,
    PaymentDeclined,
    PaymentLowered,
    PaymentRefunded,
    PaymentsTold,
    PaymentVoided,
    RefundRefused,
    ToldPayment,
)
from contracts.values import Money, OrderId, PaymentId

PaymentCommand = AuthorisePayment | VoidPayment | CapturePayment | RefundPayment | LowerPayment


@dataclass
class Till:
    """One row per payment; a payment voided before it was authorised is refused for good."""

    held: dict[PaymentId, ToldPayment] = field(default_factory=dict[PaymentId, ToldPayment])
    of_order: dict[PaymentId, OrderId] = field(default_factory=dict[PaymentId, OrderId])
    barred: set[PaymentId] = field(default_factory=set[PaymentId])

    def reply(self, command: PaymentCommand) -> Reply:
        match command:
            case AuthorisePayment():
                return self._authorise(command)
            case VoidPayment():
                return self._void(command)
            case CapturePayment():
                return self._capture(command)
            case RefundPayment():
                return self._refund(command)
            case LowerPayment():
                return self._lower(command)

    def told(self, question: TellPayments) -> PaymentsTold:
        mine = (id_ for id_, order in self.of_order.items() if order == question.order_id)
        payments = tuple(self.held[id_] for id_ in mine if id_ in self.held)
        return PaymentsTold(order_id=question.order_id, payments=payments)

    def paid(self) -> int:
        """Give what was taken of all payments and not given back, in minor units."""
        return sum(one.captured.minor - one.refunded.minor for one in self.held.values())

    def set_aside(self) -> int:
        """Give what is held of all payments and not taken, in minor units."""
        return sum(one.set_aside.minor for one in self.held.values())

    def receive(self, payment_id: PaymentId, minor: int) -> None:
        """Note that so much of a payment came from outside."""
        was = self.held[payment_id]
        part = Money(minor, was.amount.currency)
        come = {"captured": was.captured + part, "set_aside": was.set_aside + Money(-minor, "GBP")}
        self.held[payment_id] = was.model_copy(update=come)

    def _authorise(self, command: AuthorisePayment) -> Reply:
        id_, nothing = command.payment_id, Money(0, command.amount.currency)
        if id_ in self.barred:
            return PaymentDeclined(code="PAYMENT_VOIDED", detail="voided", payment_id=id_)
        offline = command.method != "card"
        if id_ not in self.held:
            self.of_order[id_] = command.order_id
            self.held[id_] = ToldPayment(
                payment_id=id_,
                method=command.method,
                state="pending" if offline else "authorised",
                amount=command.amount,
                set_aside=command.amount,
                captured=nothing,
                refunded=nothing,
                from_outside=offline,
            )
        return PaymentAuthorised(payment_id=id_, state=self.held[id_].state)

    def _void(self, command: VoidPayment) -> Reply:
        id_ = command.payment_id
        self.barred.add(id_)
        if (was := self.held.get(id_)) is None:
            return PaymentVoided(payment_id=id_)
        nothing = Money(0, was.amount.currency)
        ended = {"set_aside": nothing, "refunded": was.captured, "state": "voided"}
        self.held[id_] = was.model_copy(update=ended)
        refunded = Money(was.captured.minor - was.refunded.minor, was.amount.currency)
        return PaymentVoided(payment_id=id_, voided=was.set_aside, refunded=refunded)

    def _capture(self, command: CapturePayment) -> Reply:
        was = self.held[command.payment_id]
        if not was.from_outside and was.set_aside.minor:
            taken = {"captured": was.set_aside, "set_aside": Money(0, was.amount.currency)}
            self.held[command.payment_id] = was.model_copy(update=taken | {"state": "captured"})
        return PaymentCaptured(payment_id=command.payment_id, state="captured")

    def _refund(self, command: RefundPayment) -> Reply:
        was = self.held[command.payment_id]
        refunded = was.refunded.minor + command.amount.minor
        if refunded > was.captured.minor:
            return RefundRefused(
                code="AMOUNT_EXCEEDS_CAPTURED",
                detail="so much was not taken",
                payment_id=command.payment_id,
                operation_id=command.operation_id,
            )
        given = Money(refunded, was.amount.currency)
        self.held[command.payment_id] = was.model_copy(update={"refunded": given})
        return PaymentRefunded(
            payment_id=command.payment_id,
            operation_id=command.operation_id,
            state="partly-refunded",
            refunded=given,
        )

    def _lower(self, command: LowerPayment) -> Reply:
        was, currency = self.held[command.payment_id], command.amount.currency
        assert was.from_outside, "a gateway's payment was lowered"
        less = min(command.amount.minor, was.set_aside.minor)
        back = command.amount.minor - less
        sums = {
            "set_aside": Money(was.set_aside.minor - less, currency),
            "refunded": Money(was.refunded.minor + back, currency),
        }
        now = was.model_copy(update=sums)
        self.held[command.payment_id] = now
        return PaymentLowered(
            payment_id=command.payment_id,
            operation_id=command.operation_id,
            state=now.state,
            expected=now.set_aside,
            voided=Money(less, currency),
            refunded=Money(back, currency),
        )
