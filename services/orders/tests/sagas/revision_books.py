"""What the participants of a revision have on paper; see ``promises.Books``."""

from dataclasses import dataclass, field
from uuid import UUID

from contracts.catalog.commands import ReturnStock
from contracts.catalog.replies import StockReturned
from contracts.message import Command, Reply
from contracts.orders.commands import ApplyRevision, RejectRevision
from contracts.orders.replies import RevisionIsApplied, RevisionIsRejected
from contracts.payments.commands import LowerPayment, RefundPayment
from contracts.payments.replies import LowerRefused, PaymentLowered, PaymentRefunded, RefundRefused
from contracts.values import Money
from typing_extensions import override

from services.orders.tests.sagas.promises import Books


@dataclass
class RevisionBooks(Books):
    """``stock`` is what the revision adds; what it removes is ``went_back``.

    Attributes:
        less: By how much less is expected from outside, by operation.
    """

    revision: str = "running"
    went_back: bool = False
    given_back: dict[UUID, int] = field(default_factory=dict[UUID, int])
    less: dict[UUID, int] = field(default_factory=dict[UUID, int])
    refused: set[UUID] = field(default_factory=set[UUID])

    @property
    def refunded(self) -> int:
        return sum(self.given_back.values())

    @property
    def lowered(self) -> int:
        return sum(self.less.values())

    @override
    def act(self, command: Command, *, agree: bool) -> Reply:
        match command:
            case ApplyRevision():
                assert (self.order, self.revision) == ("submitted", "running")
                self.revision = "applied"
                return RevisionIsApplied(order_id=command.order_id)
            case RejectRevision():
                assert (self.order, self.revision) == ("submitted", "running")
                self.revision = "rejected"
                return RevisionIsRejected(order_id=command.order_id)
            case ReturnStock():
                if command.lines is not None:
                    self.went_back = True
                elif self.stock in {"held", "allocated"}:
                    self.stock = "returned"
                return StockReturned(return_id=command.return_id)
            case RefundPayment():
                return self._refund(command, agree=agree)
            case LowerPayment():
                return self._lower(command, agree=agree)
            case _:
                return super().act(command, agree=agree)

    def _refund(self, command: RefundPayment, *, agree: bool) -> Reply:
        id_ = command.operation_id
        voided = self.money[command.payment_id] != "captured"
        if voided or id_ in self.refused or not (agree or id_ in self.given_back):
            self.refused.add(id_)
            return RefundRefused(
                code="PAYMENT_VOIDED" if voided else "GATEWAY_REFUSED",
                detail="no",
                payment_id=command.payment_id,
                operation_id=id_,
            )
        self.given_back[id_] = command.amount.minor
        return PaymentRefunded(
            payment_id=command.payment_id,
            operation_id=id_,
            state="partly-refunded",
            refunded=Money(self.refunded, "GBP"),
        )

    def _lower(self, command: LowerPayment, *, agree: bool) -> Reply:
        id_ = command.operation_id
        voided = self.money[command.payment_id] != "pending"
        assert not voided or self.order == "cancelled"
        if voided or id_ in self.refused or not (agree or id_ in self.less):
            self.refused.add(id_)
            return LowerRefused(
                code="PAYMENT_VOIDED" if voided else "AMOUNT_EXCEEDS_EXPECTED",
                detail="no",
                payment_id=command.payment_id,
                operation_id=id_,
            )
        self.less[id_] = command.amount.minor
        return PaymentLowered(
            payment_id=command.payment_id,
            operation_id=id_,
            state="pending",
            expected=Money(0, "GBP"),
            voided=command.amount,
            refunded=Money(0, "GBP"),
        )
