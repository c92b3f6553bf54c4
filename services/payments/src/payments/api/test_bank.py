"""The page of the test gateway's bank, where a customer proves to be the customer (3-D Secure).

Whoever knows a payment's id may answer for it, as whoever holds the phone does at a real bank: no
money moves at the test gateway.
"""

from typing import Annotated
from uuid import UUID

from chassis.problems import not_found
from chassis.requests import public_unit_of_work
from contracts.values import PaymentId
from fastapi import APIRouter, Depends, Request, Response

from payments.domain.methods import GatewayName
from payments.domain.payment import Payment
from payments.gateways.test_gateway import TestGateway
from payments.handlers.unit_of_work import UnitOfWork
from payments.handlers.webhooks import hear

router = APIRouter(prefix="/test-bank/{payment_id}", include_in_schema=False)

PublicWork = Annotated[UnitOfWork, Depends(public_unit_of_work, scope="function")]

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Test bank</title>
</head>
<body>
<main>
<h1>Test bank</h1>
<p>This page stands for the bank of a card, where a system is tried out: no money moves.</p>
{body}
</main>
</body>
</html>
"""
_ASKING = """<p>Is it you who pays <strong>{amount}</strong> (in minor units)?</p>
<form method="post">
<p><button type="submit" name="answer" value="yes">Yes, it is me: approve</button>
<button type="submit" name="answer" value="no">No: refuse</button></p>
</form>"""
_NOTHING = '<p role="status">There is nothing to approve here, or not any more.</p>'


async def _payment(payment_id: UUID, uow: PublicWork) -> Payment:
    found = await uow.payments.get(PaymentId(payment_id))
    if found is None or found.order is None or found.gateway != GatewayName.TEST:
        raise not_found("page")
    return found


Asked = Annotated[Payment, Depends(_payment, scope="function")]


@router.get("")
async def get_test_bank(payment: Asked) -> Response:
    """Ask the customer."""
    if payment.action is None or payment.order is None:
        return _page(_NOTHING)
    amount = payment.order.amount
    return _page(_ASKING.format(amount=f"{amount.minor} {amount.currency}"))


@router.post("")
async def post_test_bank(payment: Asked, uow: PublicWork, request: Request) -> Response:
    """Take the answer and send the customer back; the gateway's webhooks follow at once."""
    gateway: TestGateway = request.app.state.test_gateway
    succeeds = b"answer=yes" in await request.body()
    for event in await gateway.act(payment.payment_id, succeeds=succeeds):
        await hear(GatewayName.TEST, event, uow, payment_id=payment.payment_id)
    order_id = payment.order.order_id if payment.order else ""
    back = str(request.app.state.returns_to).replace("{order_id}", str(order_id))
    return Response(status_code=303, headers={**_HEADERS, "Location": back})


def _page(body: str) -> Response:
    return Response(_PAGE.format(body=body), headers=_HEADERS, media_type="text/html")
