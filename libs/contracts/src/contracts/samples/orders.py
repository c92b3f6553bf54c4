"""Samples of the orders service's messages."""

from contracts.catalog.replies import HeldLine
from contracts.message import Message
from contracts.orders import commands, events, replies
from contracts.samples.things import (
    ADDRESS,
    AT,
    CUSTOMER,
    HOLD,
    MUG,
    NUMBER,
    ORDER,
    PAYMENT,
    REFUSAL,
    RETURN,
    SET,
    SHOP,
    SITE,
    SUBMISSION,
    TEE,
    an_id,
    gbp,
)

NO_EMAIL = commands.OrderRefusal(
    step="mail the customer", code="CUSTOMER_HAS_NO_EMAIL", detail="the customer has no e-mail"
)


def orders() -> list[Message]:
    """Give one of each."""
    about = {"order_id": ORDER, "site_id": SITE, "order_number": NUMBER}
    return [
        commands.SubmitOrder(order_id=ORDER, submission_id=SUBMISSION),
        commands.NoteHold(
            order_id=ORDER,
            hold_id=HOLD,
            sequence=3,
            expires_at=AT,
            lines=(HeldLine(sku=TEE, location_id=SHOP, units=3, pending=1),),
        ),
        replies.HoldIsNoted(order_id=ORDER),
        commands.NoteHandOver(order_id=ORDER, link_id=an_id(22), refusals=(NO_EMAIL,)),
        replies.HandOverIsNoted(order_id=ORDER),
        commands.ReturnOrder(
            order_id=ORDER, submission_id=SUBMISSION, refusals=(REFUSAL,), cancelled=False
        ),
        commands.NoteCancellation(
            order_id=ORDER,
            cancellation_id=RETURN,
            returned=(HeldLine(sku=TEE, location_id=SHOP, units=3),),
            payments=(commands.EndedPayment(payment_id=PAYMENT, refunded=gbp(5850)),),
        ),
        replies.CancellationIsNoted(order_id=ORDER),
        commands.ApplyRevision(order_id=ORDER, revision_id=RETURN),
        commands.RejectRevision(order_id=ORDER, revision_id=RETURN, refusals=(REFUSAL,)),
        replies.RevisionIsApplied(order_id=ORDER),
        replies.RevisionIsRejected(order_id=ORDER),
        events.OrderRevised(
            order_id=ORDER,
            site_id=SITE,
            order_number=NUMBER,
            revision_id=RETURN,
            customer_id=CUSTOMER,
            lines=(events.OrderedLine(sku=TEE, units=2, unit_price=1400),),
            goods=gbp(2800),
            shipping=gbp(450),
            total=gbp(3250),
            total_before=gbp(5850),
            revised_at=AT,
            reason="changed-mind",
            coupons=("WELCOME10",),
        ),
        replies.OrderIsSubmitted(order_id=ORDER),
        replies.OrderIsReturned(order_id=ORDER),
        events.OrderStarted.model_validate(about),
        events.OrderSubmissionStarted.model_validate(about | {"submission_id": SUBMISSION}),
        events.OrderReturned.model_validate(
            about | {"submission_id": SUBMISSION, "refusals": (REFUSAL,)}
        ),
        events.OrderCancelled.model_validate(about | {"reason": "changed-mind"}),
        events.CartReturned(
            order_id=ORDER,
            site_id=SITE,
            order_number=NUMBER,
            cart_id=an_id(23),
            reference="cart-4711",
            customer_id=CUSTOMER,
            lines=(events.ReturnedLine(sku=MUG, units=2, unit_price=1200),),
        ),
        events.OrderSubmitted(
            order_id=ORDER,
            site_id=SITE,
            order_number=NUMBER,
            submission_id=SUBMISSION,
            customer_set_id=SET,
            customer_id=CUSTOMER,
            external_reference="PO-4711",
            lines=(
                events.OrderedLine(sku=TEE, units=3, unit_price=1400),
                events.OrderedLine(
                    sku=MUG, units=1, unit_price=1200, fulfilment="pickup", location_id=SHOP
                ),
            ),
            goods=gbp(5400),
            shipping=gbp(450),
            total=gbp(5850),
            shipping_address=ADDRESS,
            submitted_at=AT,
        ),
    ]
