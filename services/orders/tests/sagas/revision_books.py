"""What the participants of a revision have on paper; see ``promises.Books``."""

from dataclasses import dataclass

from contracts.catalog.commands import ReturnStock
from contracts.catalog.replies import StockReturned
from contracts.message import Command, Reply
from contracts.orders.commands import ApplyRevision, RejectRevision
from contracts.orders.replies import RevisionIsApplied, RevisionIsRejected
from contracts.payments.commands import RefundPayment
from contracts.payments.replies import PaymentRefunded, RefundRefused
from contracts.values import Money
from typing_extensions import override

from services.orders.tests.sagas.promises import Books


@dataclass
class RevisionBooks(Books):
    """``stock`` is what the revision adds; what it removes is ``went_back``."""

    revision: str = "running"
    refunded: int = 0
    went_back: bool = False

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
                return self._refund(command)
            case _:
                return super().act(command, agree=agree)

    def _refund(self, command: RefundPayment) -> Reply:
        if self.money[command.payment_id] != "captured":
            return RefundRefused(
                code="PAYMENT_VOIDED",
                detail="no",
                payment_id=command.payment_id,
                operation_id=command.operation_id,
            )
        self.refunded = command.amount.minor
        return PaymentRefunded(
            payment_id=command.payment_id,
            operation_id=command.operation_id,
            state="partly-refunded",
            refunded=Money(self.refunded, "GBP"),
        )
