"""Drafts over HTTP: every change is saved as it is made, and answered with the whole order."""

from chassis.http import answer, etag
from fastapi import APIRouter
from starlette.responses import Response

from orders.api.bodies import (
    AddressesBody,
    CustomerBody,
    LineBody,
    LinePatch,
    NotesBody,
    PaymentBody,
    ShippingBody,
)
from orders.api.dependencies import (
    ADJUST_PRICE,
    KEY_PAYMENT,
    PREFIX,
    AtDesk,
    Desk,
    Editing,
    Work,
    must_be_allowed,
)
from orders.api.fields import Number
from orders.domain.order import Order
from orders.handlers import edits
from orders.handlers.editing import Edit
from orders.handlers.facts import Facts
from orders.queries.lines import sku_of_line
from orders.queries.views import OrderView

router = APIRouter(prefix=PREFIX + "/{order_id}", tags=["drafts"])


def _changed(order: Order, status: int = 200) -> Response:
    return answer(OrderView.of(order), status, {"ETag": etag(order.version)})


@router.put("/customer", response_model=OrderView)
async def put_customer(edit: Editing, body: CustomerBody, desk: AtDesk, work: Work) -> Response:
    """Set who the order is for; the addresses are theirs from now on (FU-5)."""
    site_id = await desk.site_of(edit.scope, edit.order_id)
    facts = await desk.facts(site_id, customer_id=body.customer_id)
    return _changed(await edits.choose_customer(edit, facts, work))


@router.post("/lines", status_code=201, response_model=OrderView)
async def post_line(edit: Editing, body: LineBody, desk: AtDesk, work: Work) -> Response:
    """Add a line, at the catalog's price or at one of staff's own."""
    if body.price is not None:
        must_be_allowed(edit.scope, ADJUST_PRICE)
    site_id = await desk.site_of(edit.scope, edit.order_id)
    facts = await desk.facts(site_id, body.sku)
    return _changed(await edits.add_line(edit, body.wish, facts, work), 201)


@router.patch("/lines/{line_id}", response_model=OrderView)
async def patch_line(
    edit: Editing, line_id: Number, body: LinePatch, desk: AtDesk, work: Work
) -> Response:
    """Change a line: its units, its way to the customer, its price."""
    change = body.change
    if change.reprice:
        must_be_allowed(edit.scope, ADJUST_PRICE)
    facts = await _facts_of_line(desk, edit, line_id) if change.route else Facts()
    return _changed(await edits.change_line(edit, line_id, change, facts, work))


async def _facts_of_line(desk: Desk, edit: Edit, line_id: int) -> Facts:
    site_id = await desk.site_of(edit.scope, edit.order_id)
    async with desk.reading() as session:
        sku = await sku_of_line(edit.scope, session, edit.order_id, line_id)
    return await desk.facts(site_id, sku) if sku else Facts()


@router.delete("/lines/{line_id}", response_model=OrderView)
async def delete_line(edit: Editing, line_id: Number, work: Work) -> Response:
    """Leave a line out."""
    return _changed(await edits.remove_line(edit, line_id, work))


@router.put("/addresses", response_model=OrderView)
async def put_addresses(edit: Editing, body: AddressesBody, work: Work) -> Response:
    """Set the addresses, on this order only (FU-5)."""
    return _changed(await edits.set_addresses(edit, body.change, work))


@router.put("/shipping", response_model=OrderView)
async def put_shipping(edit: Editing, body: ShippingBody, work: Work) -> Response:
    """Set how the order is shipped and what that costs."""
    return _changed(await edits.set_shipping(edit, body.shipping, work))


@router.post("/payments", status_code=201, response_model=OrderView)
async def post_payment(edit: Editing, body: PaymentBody, work: Work) -> Response:
    """Add a payment; no money moves before the order is submitted (PA-1, PA-8)."""
    if body.keyed:
        must_be_allowed(edit.scope, KEY_PAYMENT)
    return _changed(await edits.add_payment(edit, body.payment, work), 201)


@router.delete("/payments/{payment_no}", response_model=OrderView)
async def delete_payment(edit: Editing, payment_no: Number, work: Work) -> Response:
    """Leave a payment out."""
    return _changed(await edits.remove_payment(edit, payment_no, work))


@router.put("/notes", response_model=OrderView)
async def put_notes(edit: Editing, body: NotesBody, work: Work) -> Response:
    """Set the notes."""
    return _changed(await edits.set_notes(edit, body.change, work))
