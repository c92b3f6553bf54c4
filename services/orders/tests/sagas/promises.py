"""The participants of a submission as the books they keep, and their answers to any command."""

from dataclasses import dataclass, field
from uuid import UUID

from contracts.catalog.commands import (
    AllocateStock,
    RedeemCoupons,
    ReleaseStock,
    ReserveStock,
    ReturnCoupons,
    ReturnStock,
)
from contracts.catalog.replies import (
    CouponsRedeemed,
    CouponsRefused,
    CouponsReturned,
    Shortage,
    StockAllocated,
    StockRefused,
    StockReleased,
    StockReserved,
    StockReturned,
)
from contracts.customers.commands import VerifyCustomer
from contracts.customers.replies import CustomerRefused, CustomerVerified
from contracts.message import Command, Reply
from contracts.orders.commands import NoteCancellation, ReturnOrder, SubmitOrder
from contracts.orders.replies import CancellationIsNoted, OrderIsReturned, OrderIsSubmitted
from contracts.payments.commands import AuthorisePayment, CapturePayment, VoidPayment
from contracts.payments.replies import (
    CaptureRefused,
    PaymentAuthorised,
    PaymentCaptured,
    PaymentDeclined,
    PaymentVoided,
    VoidRefused,
)
from contracts.values import PaymentId


@dataclass
class Books:
    """What every participant has on paper; each command id is answered once and then the same."""

    stock: str = "none"
    money: dict[PaymentId, str] = field(default_factory=dict[PaymentId, str])
    order: str = "submitting"
    coupons: str = "none"
    cancelled: bool = False
    noted: bool = False
    answered: dict[UUID, Reply] = field(default_factory=dict[UUID, Reply])

    def handle(self, command_id: UUID, command: Command, *, agree: bool) -> Reply:
        if command_id not in self.answered:
            self.answered[command_id] = self.act(command, agree=agree)
        return self.answered[command_id]

    @property
    def holds_money(self) -> bool:
        return any(state in {"authorised", "captured"} for state in self.money.values())

    def act(self, command: Command, *, agree: bool) -> Reply:
        match command:
            case VerifyCustomer():
                if agree:
                    return CustomerVerified(customer_id=command.customer_id)
                return CustomerRefused(
                    code="CUSTOMER_SET_MISMATCH", detail="no", customer_id=command.customer_id
                )
            case ReserveStock() | ReleaseStock() | AllocateStock() | ReturnStock():
                return self._move(command, agree=agree)
            case RedeemCoupons() | ReturnCoupons():
                return self._redeem(command, agree=agree)
            case AuthorisePayment() | VoidPayment() | CapturePayment():
                return self._pay(command, agree=agree)
            case SubmitOrder() | ReturnOrder() | NoteCancellation():
                return self._settle(command)
            case _:
                raise AssertionError(command)

    def _settle(self, command: SubmitOrder | ReturnOrder | NoteCancellation) -> Reply:
        match command:
            case SubmitOrder():
                assert self.order == "submitting"
                self.order = "submitted"
                return OrderIsSubmitted(order_id=command.order_id)
            case ReturnOrder():
                assert self.order == "submitting"
                self.order, self.cancelled = "returned", command.cancelled
                return OrderIsReturned(order_id=command.order_id)
            case NoteCancellation():
                assert self.order == "cancelled"
                self.noted = True
                return CancellationIsNoted(order_id=command.order_id)

    def _move(
        self, command: ReserveStock | ReleaseStock | AllocateStock | ReturnStock, *, agree: bool
    ) -> Reply:
        match command:
            case ReserveStock():
                return self._reserve(command, agree=agree)
            case ReleaseStock():
                assert self.stock != "allocated", "released goods that belong to the order"
                self.stock = "released"
                return StockReleased(submission_id=command.submission_id)
            case AllocateStock():
                known = {"held", "allocated", "returned"}
                assert self.stock in known, f"allocated what was {self.stock}"
                if self.stock == "held":
                    self.stock = "allocated"
                return StockAllocated(submission_id=command.submission_id)
            case ReturnStock():
                assert self.stock in {"held", "allocated"}, f"returned what was {self.stock}"
                self.stock = "returned"
                return StockReturned(return_id=command.return_id)

    def _reserve(self, command: ReserveStock, *, agree: bool) -> Reply:
        if self.stock == "released" or not agree:
            short = Shortage(sku=command.lines[0].sku, wanted=1, available=0)
            return StockRefused(
                code="OUT_OF_STOCK",
                detail="no",
                submission_id=command.submission_id,
                shortages=(short,),
            )
        self.stock = "held"
        return StockReserved(submission_id=command.submission_id)

    def _redeem(self, command: RedeemCoupons | ReturnCoupons, *, agree: bool) -> Reply:
        id_ = command.submission_id
        if isinstance(command, ReturnCoupons):
            self.coupons = "returned"
            return CouponsReturned(submission_id=id_)
        if self.coupons == "returned" or not agree:
            return CouponsRefused(code="COUPON_USED_UP", detail="no", submission_id=id_)
        self.coupons = "used"
        return CouponsRedeemed(submission_id=id_)

    def _pay(
        self, command: AuthorisePayment | VoidPayment | CapturePayment, *, agree: bool
    ) -> Reply:
        id_ = command.payment_id
        state = self.money.get(id_, "none")
        match command:
            case AuthorisePayment():
                if state == "voided" or not agree:
                    self.money.setdefault(id_, "declined")
                    return PaymentDeclined(code="PAYMENT_DECLINED", detail="no", payment_id=id_)
                self.money[id_] = "authorised"
                return PaymentAuthorised(payment_id=id_, state="authorised")
            case VoidPayment():
                after = self.order == "cancelled"
                assert after or state != "captured", "voided what was taken"
                if not agree and state in {"authorised", "captured"}:
                    return VoidRefused(code="GATEWAY_REFUSED", detail="no", payment_id=id_)
                self.money[id_] = "refunded" if state == "captured" else "voided"
                return PaymentVoided(payment_id=id_)
            case CapturePayment() if state in {"voided", "refunded"}:
                assert self.order == "cancelled"
                return CaptureRefused(code="PAYMENT_VOIDED", detail="no", payment_id=id_)
            case CapturePayment():
                assert state in {"authorised", "captured"}, f"captured what was {state}"
                if not agree and state == "authorised":
                    return CaptureRefused(code="GATEWAY_REFUSED", detail="no", payment_id=id_)
                self.money[id_] = "captured"
                return PaymentCaptured(payment_id=id_, state="captured")
