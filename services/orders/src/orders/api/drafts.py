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
from orders.handlers.editing import Changing, edited
from orders.handlers.facts import customer_told
from orders.handlers.kept_addresses import keep_addresses
from orders.handlers.opening import Edit
from orders.handlers.unit_of_work import UnitOfWork
from orders.queries.views import OrderView

router = APIRouter(prefix=PREFIX + "/{order_id}", tags=["drafts"])


def changed(order: Order, status: int = 200) -> Response:
    """Answer with an order that was changed."""
    return answer(OrderView.of(order), status, {"ETag": etag(order.version)})


async def repriced(
    edit: Edit, change: Changing, desk: Desk, work: UnitOfWork, status: int = 200
) -> Response:
    """Make a change that prices may depend on."""
    priced = await desk.foreseen(edit, change)
    return changed(await edited(edit, work, change, priced), status)


@router.put("/customer", response_model=OrderView)
async def put_customer(edit: Editing, body: CustomerBody, desk: AtDesk, work: Work) -> Response:
    """Set who the order is for; the addresses are theirs from now on, and so are the prices."""
    order = await desk.order(edit.scope, edit.order_id)
    told = await customer_told(desk.asker, body.customer_id, order.site.site_id)
    change = edits.choosing(told)
    priced = await desk.foreseen(edit, change, order)
    return changed(await edited(edit, work, change, priced))


@router.post("/lines", status_code=201, response_model=OrderView)
async def post_line(edit: Editing, body: LineBody, desk: AtDesk, work: Work) -> Response:
    """Add a line, at the catalog's price or at one of staff's own."""
    if body.adjusts:
        must_be_allowed(edit.scope, ADJUST_PRICE)
    change = edits.adding_line(body.wish, edit.scope.staff_id)
    return await repriced(edit, change, desk, work, 201)


@router.patch("/lines/{line_id}", response_model=OrderView)
async def patch_line(
    edit: Editing, line_id: Number, body: LinePatch, desk: AtDesk, work: Work
) -> Response:
    """Change a line: its units, its way to the customer, its price, its texts."""
    if body.adjusts:
        must_be_allowed(edit.scope, ADJUST_PRICE)
    change = edits.changing_line(line_id, body.change, edit.scope.staff_id)
    return await repriced(edit, change, desk, work)


@router.delete("/lines/{line_id}", response_model=OrderView)
async def delete_line(edit: Editing, line_id: Number, desk: AtDesk, work: Work) -> Response:
    """Leave a line out."""
    return await repriced(edit, lambda order: order.remove_line(line_id), desk, work)


@router.put("/addresses", response_model=OrderView)
async def put_addresses(edit: Editing, body: AddressesBody, desk: AtDesk, work: Work) -> Response:
    """Set the addresses, on this order only unless ``keep`` says otherwise (FU-5).

    An address to be kept that breaks the rules of its country is refused, and the order stays as it
    was; without an answer of the customers service as well (503).
    """
    change = edits.setting_addresses(body.change)
    if body.kept:
        seen = await desk.order(edit.scope, edit.order_id)
        await keep_addresses(edit, seen, change, body.kept, desk.asker)
    return await repriced(edit, change, desk, work)


@router.post("/payments", status_code=201, response_model=OrderView)
async def post_payment(edit: Editing, body: PaymentBody, work: Work) -> Response:
    """Add a payment; no money moves before the order is submitted (PA-1, PA-8)."""
    if body.keyed:
        must_be_allowed(edit.scope, KEY_PAYMENT)
    payment = body.payment
    return changed(await edited(edit, work, lambda order: order.add_payment(payment)), 201)


@router.delete("/payments/{payment_no}", response_model=OrderView)
async def delete_payment(edit: Editing, payment_no: Number, work: Work) -> Response:
    """Leave a payment out."""
    return changed(await edited(edit, work, lambda order: order.remove_payment(payment_no)))


@router.put("/notes", response_model=OrderView)
async def put_notes(edit: Editing, body: NotesBody, work: Work) -> Response:
    """Set the notes (GI-3)."""
    return changed(await edited(edit, work, edits.setting_notes(body.change)))
