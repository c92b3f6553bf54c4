"""Carts that staff edit in their customer's place, over HTTP (SN-3)."""

from typing import Annotated
from uuid import UUID

from chassis.auth import needs
from chassis.http import IfMatch, Once, etag
from chassis.idempotency import Made
from chassis.problems import not_found
from chassis.requests import Reading
from chassis.scope import Scope
from contracts.values import OrderId
from fastapi import APIRouter, Depends
from starlette.responses import Response

from orders.api.carts import PREFIX as CARTS
from orders.api.dependencies import PREFIX, AtDesk, Desk, Reader, Work, once_prepared
from orders.api.drafts import changed
from orders.domain.carts import Cart
from orders.domain.numbers import order_number
from orders.handlers.basis import basis_of_cart
from orders.handlers.drafts import Drafted, NewOrder, drafted
from orders.handlers.opening import Edit
from orders.handlers.takeovers import give_cart_back, take_cart_over
from orders.queries.basis import BasedOrderView
from orders.queries.carts import CartView, cart, shown_cart
from orders.queries.views import OrderView

router = APIRouter(tags=["carts"])

Taker = Annotated[Scope, Depends(needs("carts.take-over"))]


@router.get(CARTS + "/{cart_id}")
async def get_cart(cart_id: UUID, scope: Reader, session: Reading) -> CartView:
    """Give a cart, and who has taken it over."""
    found = await shown_cart(scope, session, cart_id)
    if found is None:
        raise not_found("cart")
    return found


@router.post(CARTS + "/{cart_id}/take-over", status_code=201, response_model=BasedOrderView)
async def post_take_over(
    cart_id: UUID, scope: Taker, once: Once, work: Work, desk: AtDesk
) -> Response:
    """Edit the customer's cart on a draft; the storefront leaves it alone until it is returned."""

    async def prepare() -> tuple[Drafted, Cart]:
        return await _drafted(cart_id, scope, desk)

    async def make(ready: tuple[Drafted, Cart]) -> Made:
        begun, seen = ready
        order = await take_cart_over(begun.order, seen, scope.staff_id, work)
        if begun.outcome is None:
            raise ValueError("a draft that begins from a cart has an outcome of it")
        headers = {"Location": f"{PREFIX}/{order.order_id}", "ETag": etag(order.version)}
        return 201, BasedOrderView.based(order, begun.outcome), headers

    return await once_prepared(once, prepare, make)


async def _drafted(cart_id: UUID, scope: Scope, desk: Desk) -> tuple[Drafted, Cart]:
    """Put the draft together with what the cart holds, before anything is locked."""
    async with desk.reading() as session:
        seen = await cart(scope, session, cart_id)
        shown = await shown_cart(scope, session, cart_id)
    if seen is None or shown is None:
        raise not_found("cart")
    site, terms = await desk.site(scope, shown.site)
    number = order_number(site.code, site.site_id, await desk.numbers.next(site.site_id))
    new = NewOrder(
        number=number,
        site=site,
        terms=terms,
        staff_id=scope.staff_id,
        customer_id=seen.customer_id,
        basis=basis_of_cart(seen),
    )
    return await drafted(new, desk.asker), seen


@router.post(PREFIX + "/{order_id}/return-cart", response_model=OrderView, tags=["drafts"])
async def post_return_cart(
    order_id: OrderId, scope: Taker, version: IfMatch, work: Work
) -> Response:
    """Write the lines back to the customer's cart; the draft ends."""
    return changed(await give_cart_back(Edit(scope, order_id, version), work))
