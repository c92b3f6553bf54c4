"""The payments of what is submitted or revised, and how they are authorised."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from contracts.gift_cards import CodeDigest
from contracts.payments.commands import AuthorisePayment
from contracts.values import CustomerId, Money, OrderId, PaymentId, SiteId
from pydantic import BaseModel, ConfigDict, model_validator

from orders.domain.payments import digested


class PaymentPart(BaseModel):
    """One payment of the order, under the id of this attempt.

    Attributes:
        code_digest: Of a gift card's code; of a process from before, the code is digested.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    payment_id: PaymentId
    method: str
    amount: Money
    token: str | None = None
    terms: dict[str, str] | None = None
    code_digest: CodeDigest | None = None

    @model_validator(mode="before")
    @classmethod
    def _without_code(
        cls, document: "Mapping[str, Any] | PaymentPart"
    ) -> "Mapping[str, Any] | PaymentPart":
        return digested(document) if isinstance(document, Mapping) else document


class Paid(Protocol):
    """What a saga knows of an order that is paid.

    Attributes:
        shared_total: What the order costs, where several payments share it (PA-8).
    """

    @property
    def order_id(self) -> OrderId: ...
    @property
    def site_id(self) -> SiteId: ...
    @property
    def customer_id(self) -> CustomerId | None: ...
    @property
    def payments(self) -> Sequence[PaymentPart]: ...
    @property
    def shared_total(self) -> Money | None: ...


def authorise_payments(order: Paid) -> Iterator[AuthorisePayment]:
    for payment in order.payments:
        yield AuthorisePayment(
            payment_id=payment.payment_id,
            order_id=order.order_id,
            site_id=order.site_id,
            method=payment.method,
            amount=payment.amount,
            token=payment.token,
            code_digest=payment.code_digest,
            terms=payment.terms,
            customer_id=order.customer_id,
            order_total=order.shared_total,
        )
