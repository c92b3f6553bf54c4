"""Take, give back and receive money by hand; submissions and cancels do so by messages."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from chassis.http import Body, IdempotencyKey, answer
from chassis.problems import FieldError, Problem, not_found, refused
from chassis.requests import InTransaction
from chassis.scope import Scope
from contracts.message import Refusal, Reply
from contracts.payments.commands import CapturePayment, RefundPayment
from contracts.values import Money, PaymentId, derived_id
from fastapi import APIRouter, Depends, Response
from sqlalchemy.ext.asyncio import AsyncSession

from payments.api.access import PREFIX, Work, Writer
from payments.api.fields import Amount, Reason, key_reused
from payments.domain.errors import WrongState
from payments.domain.methods import OFFLINE
from payments.handlers.captures import capture_by_hand
from payments.handlers.payments import refund_payment
from payments.handlers.receipts import Receipt, receive_money
from payments.handlers.unit_of_work import UnitOfWork
from payments.queries.payments import PaymentView, payment

router = APIRouter(prefix=f"{PREFIX}/payments", tags=["payments"])


_FIELDS = {
    "CURRENCY_MISMATCH": "/amount/currency",
    "AMOUNT_OUT_OF_RANGE": "/amount",
    "AMOUNT_EXCEEDS_AUTHORISED": "/amount",
    "AMOUNT_EXCEEDS_DUE": "/amount",
    "AMOUNT_EXCEEDS_CAPTURED": "/amount",
    "AMOUNT_EXCEEDS_EXPECTED": "/amount",
}
"""What of a request does not fit, by the code of the refusal."""


class CaptureBody(Body):
    """How much is taken of what is set aside; all that is left, and owed, when nothing is said."""

    amount: Amount | None = None


class RefundBody(Body):
    """How much is given back of what was taken, and why."""

    amount: Amount
    reason: Reason


class ReceiptBody(Body):
    """How much came from outside; all that is expected when nothing is said."""

    amount: Amount | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Doing:
    """A payment of the caller's sites, and the transaction in which something is done to it.

    Attributes:
        operation_id: Follows from the Idempotency-Key: the operation is done once.
    """

    found: PaymentView
    operation_id: UUID
    scope: Scope
    session: AsyncSession
    uow: UnitOfWork

    async def answered(self, reply: Reply | None, amount: Money | None) -> Response:
        """Give the payment as it stands now; 202 while its gateway has not answered.

        Raises:
            Problem: The operation was refused; names the field that was, if there is one.
        """
        if isinstance(reply, Refusal):
            raise _no(reply, amount)
        now = await payment(self.scope, self.session, self.found.id)
        return answer(now or self.found, 202 if reply is None else 200)


def _no(reply: Refusal, amount: Money | None) -> Problem:
    if reply.code == "OPERATION_ID_REUSED":
        return key_reused("do something else to this payment")
    at = None if amount is None else _FIELDS.get(reply.code)
    wrong = [] if at is None else [FieldError(at, reply.code, reply.detail)]
    return refused(reply, status=422 if reply.code == "CURRENCY_MISMATCH" else 409, errors=wrong)


async def _doing(
    payment_id: UUID, idempotency_key: IdempotencyKey, scope: Writer, tx: InTransaction, uow: Work
) -> Doing:
    found = await payment(scope, tx.session, PaymentId(payment_id))
    if found is None:
        raise not_found("payment")
    operation_id = derived_id(payment_id, scope.staff_id, idempotency_key)
    return Doing(found, operation_id, scope, tx.session, uow)


_RESPONSES: dict[int | str, dict[str, Any]] = {
    202: {"model": PaymentView, "description": "Asked of the gateway, which has not answered yet."}
}


@router.post("/{payment_id}/captures", response_model=PaymentView, responses=_RESPONSES)
async def post_capture(
    body: CaptureBody, doing: Annotated[Doing, Depends(_doing, scope="function")]
) -> Response:
    """Take of the money that is set aside, at most what is left to pay of the order."""
    if doing.found.gateway is None and doing.found.method in OFFLINE:
        raise Problem(409, "NO_GATEWAY", "money from outside is received, not captured")
    command = CapturePayment(
        payment_id=doing.found.id, operation_id=doing.operation_id, amount=body.amount
    )
    try:
        return await doing.answered(
            await capture_by_hand(command, doing.found.order_id, doing.uow), body.amount
        )
    except WrongState as error:
        raise Problem(409, "NOT_AUTHORISED_YET", str(error)) from error


@router.post("/{payment_id}/refunds", response_model=PaymentView, responses=_RESPONSES)
async def post_refund(
    body: RefundBody, doing: Annotated[Doing, Depends(_doing, scope="function")]
) -> Response:
    """Give back a part of the money that was taken."""
    command = RefundPayment(
        payment_id=doing.found.id,
        operation_id=doing.operation_id,
        amount=body.amount,
        reason=body.reason,
    )
    return await doing.answered(await refund_payment(command, doing.uow), body.amount)


@router.post("/{payment_id}/receipts", response_model=PaymentView)
async def post_receipt(
    body: ReceiptBody, doing: Annotated[Doing, Depends(_doing, scope="function")]
) -> Response:
    """Note that money came from outside: a check, a transfer, cash (PA-3)."""
    if doing.found.gateway is not None or doing.found.method not in OFFLINE:
        raise Problem(409, "NOT_FROM_OUTSIDE", "the gateway takes this payment's money")
    receipt = Receipt(doing.found.id, doing.operation_id, body.amount, body.reason)
    return await doing.answered(await receive_money(receipt, doing.uow), body.amount)
