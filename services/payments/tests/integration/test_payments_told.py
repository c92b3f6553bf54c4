"""How an order's payments stand is told to whoever is about to cancel or revise it."""

from uuid import uuid4

from contracts.payments.commands import CapturePayment
from contracts.payments.questions import TellPayments
from contracts.payments.replies import PaymentsTold
from contracts.values import Money, OrderId
from messaging.outbox import Outbox
from payments.handlers.subscriptions import subscriptions
from payments.storage.tables import messaging
from payments.storage.unit_of_work import SqlUnitOfWork

from services.payments.tests.driving import Payments, an_authorisation
from tests.support import eventually


async def told(payments: Payments, order_id: OrderId) -> PaymentsTold:
    async with payments.sessions() as session:
        uow = SqlUnitOfWork(session, Outbox("payments", messaging.outbox))
        question = TellPayments(order_id=order_id)
        answer = await subscriptions().by_type[question.type].handler(question, uow)
    assert isinstance(answer, PaymentsTold)
    return answer


async def test_what_is_set_aside_and_taken_is_told_by_payment(payments: Payments) -> None:
    """PA-9: so that a cancel can say beforehand what it voids and refunds."""
    site, order = await payments.site(), OrderId(uuid4())
    card = an_authorisation(site, order_id=order, amount=Money(1000, "GBP"))
    check = an_authorisation(site, None, order_id=order, amount=Money(500, "GBP"), method="check")
    part = CapturePayment(
        payment_id=card.payment_id, operation_id=uuid4(), amount=Money(400, "GBP")
    )
    async with payments.calling():
        (id_, _) = await payments.send(card, check)
        await eventually(lambda: payments.answered(id_))
        (id_,) = await payments.send(part)
        await eventually(lambda: payments.answered(id_))

    found = await told(payments, order)

    assert [
        (one.method, one.state, one.set_aside.minor, one.captured.minor, one.from_outside)
        for one in found.payments
    ] == [
        ("card", "partly-captured", 600, 400, False),
        ("check", "pending", 500, 0, True),
    ]
    assert (await told(payments, OrderId(uuid4()))).payments == ()
