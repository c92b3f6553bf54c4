"""What stands around an order's lines, over HTTP: shipping, adjustments, coupons, gift."""

from typing import Annotated

from chassis.problems import not_found
from chassis.requests import Reading
from contracts.values import OrderId
from fastapi import APIRouter, Depends
from starlette.responses import Response

from orders.api.bodies import AdjustmentBody, GiftBody, OfferBody, PriceListBody, ShippingBody
from orders.api.dependencies import (
    ADJUST_PRICE,
    PREFIX,
    AtDesk,
    Editing,
    Reader,
    Work,
    must_be_allowed,
)
from orders.api.drafts import changed, repriced
from orders.api.fields import CouponCode
from orders.domain import extras
from orders.domain.order import Change, Order
from orders.handlers.editing import edited
from orders.handlers.opening import Edit
from orders.queries.orders import whole_order
from orders.queries.shipping import OffersView
from orders.queries.views import OrderView

router = APIRouter(prefix=PREFIX + "/{order_id}", tags=["drafts"])


async def _adjusting(edit: Editing) -> Edit:
    must_be_allowed(edit.scope, ADJUST_PRICE)
    return edit


Adjusting = Annotated[Edit, Depends(_adjusting)]


@router.get("/shipping-methods")
async def get_shipping_methods(order_id: OrderId, scope: Reader, session: Reading) -> OffersView:
    """List the site's shipping methods that this order can have, with their prices (FU-3)."""
    order = await whole_order(scope, session, order_id)
    if order is None:
        raise not_found("order")
    return OffersView.of(order)


@router.put("/shipping", response_model=OrderView)
async def put_shipping(edit: Editing, body: ShippingBody, work: Work) -> Response:
    """Set how the order is shipped: by a method of the site's, or at a cost of staff's own."""
    typed, code = body.typed, body.code

    def change(order: Order) -> Change:
        if typed is not None:
            return order.set_shipping(typed)
        return extras.choose_shipping(order, code or "")

    return changed(await edited(edit, work, change))


@router.put("/shipping/offer", response_model=OrderView)
async def put_shipping_offer(edit: Adjusting, body: OfferBody, work: Work) -> Response:
    """Let shipping cost nothing whatever the method, or what it costs again (FU-4)."""
    offered = body.offered
    return changed(
        await edited(edit, work, lambda order: extras.offer_shipping(order, offered=offered))
    )


@router.put("/shipping/adjustment", response_model=OrderView)
async def put_shipping_adjustment(edit: Adjusting, body: AdjustmentBody, work: Work) -> Response:
    """Adjust the shipping cost, up or down (CP-6)."""
    made = body.wish.by(edit.scope.staff_id)
    return changed(await edited(edit, work, lambda order: extras.adjust_shipping(order, made)))


@router.delete("/shipping/adjustment", response_model=OrderView)
async def delete_shipping_adjustment(edit: Adjusting, work: Work) -> Response:
    """Take the adjustment of the shipping cost back."""
    return changed(await edited(edit, work, lambda order: extras.adjust_shipping(order, None)))


@router.put("/adjustment", response_model=OrderView)
async def put_adjustment(edit: Adjusting, body: AdjustmentBody, work: Work) -> Response:
    """Adjust the goods in all, up or down; it is shared out over the lines (CP-6)."""
    made = body.wish.by(edit.scope.staff_id)
    return changed(await edited(edit, work, lambda order: extras.adjust_total(order, made)))


@router.delete("/adjustment", response_model=OrderView)
async def delete_adjustment(edit: Adjusting, work: Work) -> Response:
    """Take the adjustment of the goods back."""
    return changed(await edited(edit, work, lambda order: extras.adjust_total(order, None)))


@router.put("/price-list", response_model=OrderView)
async def put_price_list(edit: Editing, body: PriceListBody, desk: AtDesk, work: Work) -> Response:
    """Price the order by a list of the site's, or by none (CP-4)."""
    code = body.price_list
    return await repriced(edit, lambda order: extras.put_price_list(order, code), desk, work)


@router.put("/coupons/{code}", response_model=OrderView)
async def put_coupon(edit: Editing, code: CouponCode, desk: AtDesk, work: Work) -> Response:
    """Add a coupon; one that does nothing leaves the order as it was and says why (CP-7)."""
    return await repriced(edit, lambda order: extras.add_coupon(order, code), desk, work)


@router.delete("/coupons/{code}", response_model=OrderView)
async def delete_coupon(edit: Editing, code: CouponCode, desk: AtDesk, work: Work) -> Response:
    """Take a coupon off the order."""
    return await repriced(edit, lambda order: extras.remove_coupon(order, code), desk, work)


@router.put("/gift", response_model=OrderView)
async def put_gift(edit: Editing, body: GiftBody, work: Work) -> Response:
    """Make the order a gift with a message, or not (GI-1)."""
    message = body.message
    return changed(await edited(edit, work, lambda order: extras.set_gift_message(order, message)))
