"""An order at a storefront's checkout, over HTTP: read, changed, submitted (PA-6).

There is no staff token: the secret that staff's redirect brought is what lets the storefront in, to
this one order, for a while, until it is handed in.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from chassis.http import Body, IfMatch, answer, etag
from fastapi import APIRouter, Depends, Path
from pydantic import Field
from starlette.responses import Response

from orders.api.bodies import PaymentBody
from orders.api.fields import AddressBody, LineUnits, Note, ShippingCode, SkuText
from orders.api.refusals import problem_of
from orders.api.visitors import AtDoor, PublicWork
from orders.domain.content import MAX_LINES, MAX_PAYMENTS
from orders.domain.errors import PricesChanged
from orders.domain.hand_overs import Closed, Kind
from orders.domain.order import State
from orders.handlers.editing import edited
from orders.handlers.edits import AddressChange
from orders.handlers.storefront_carts import StorefrontCart, WantedLine, pointing, putting
from orders.handlers.visits import Visit, before_payment, check_out, let_in
from orders.queries.storefront import StorefrontOrderView
from orders.queries.views import ActionView

router = APIRouter(prefix="/api/orders/v1/storefront/orders/{token}", tags=["storefront"])

Secret = Annotated[
    str,
    Path(
        description="The `token` of the address that the customer came by.",
        pattern=r"^[A-Za-z0-9_.-]+$",
        max_length=1000,
    ),
]


class WantedLineBody(Body):
    """A line of the cart; ``text`` is what the customer wants on it (CP-3)."""

    sku: SkuText
    units: LineUnits
    text: Note | None = None


class StorefrontCartBody(Body):
    """The cart as the customer left it: all its lines; what else is left out stays as it is."""

    lines: Annotated[tuple[WantedLineBody, ...], Field(min_length=1, max_length=MAX_LINES)]
    billing_address: AddressBody | None = None
    shipping_address: AddressBody | None = None
    shipping: ShippingCode | None = None

    @property
    def cart(self) -> StorefrontCart:
        """Give the cart as the use cases know it."""
        billing, shipping = self.billing_address, self.shipping_address
        return StorefrontCart(
            lines=tuple(WantedLine(line.sku, line.units, line.text) for line in self.lines),
            addresses=AddressChange(
                billing=billing.address if billing else None,
                shipping=shipping.address if shipping else None,
                sets_billing=billing is not None,
                sets_shipping=shipping is not None,
            ),
            shipping=self.shipping,
        )


class CheckoutBody(Body):
    """How the customer pays; a card by the token of the gateway's own field."""

    payments: Annotated[tuple[PaymentBody, ...], Field(max_length=MAX_PAYMENTS)] = ()


async def _visit(token: Secret, door: AtDoor) -> Visit:
    return await door.visit(token, Kind.STOREFRONT)


Visiting = Annotated[Visit, Depends(_visit)]


def _shown(seen: Visit, status: int = 200, actions: Sequence[ActionView] = ()) -> Response:
    order = seen.order
    content = before_payment(order.content, seen.link)
    view = StorefrontOrderView.of(replace(order, content=content), seen.link.expires_at, actions)
    return answer(view, status, {"ETag": etag(order.version)})


@router.get("", response_model=StorefrontOrderView)
async def get_storefront_order(seen: Visiting, door: AtDoor) -> Response:
    """Give the order; once it is handed in, what has become of it. 410: the link is closed."""
    if seen.closed is not Closed.HANDED_IN:
        seen.must_be_open()
    waits = seen.order.state is State.SUBMITTING
    banks = await door.banks_asking(seen) if waits else []
    return _shown(seen, actions=[ActionView(url=bank.url) for bank in banks])


@router.put("/cart", response_model=StorefrontOrderView)
async def put_storefront_cart(
    seen: Visiting, version: IfMatch, body: StorefrontCartBody, door: AtDoor, work: PublicWork
) -> Response:
    """Put the cart, as the customer has changed it, back on the order; priced anew."""
    seen.must_be_open()
    change = putting(body.cart, seen.actor)
    priced = await door.foreseen(seen, change, pointing(body.cart))
    await let_in(seen, version, work)
    order = await edited(seen.edit, work, change, priced)
    return _shown(replace(seen, order=order))


@router.post("/submission", status_code=202, response_model=StorefrontOrderView)
async def post_storefront_submission(
    seen: Visiting, version: IfMatch, body: CheckoutBody, door: AtDoor, work: PublicWork
) -> Response:
    """Hand the order in; then the link is used up, and only tells what becomes of the order.

    Where it costs something else than it did (409 ``PRICE_CHANGED``) it has been priced anew: show
    it to the customer and hand it in once more.
    """
    seen.must_be_open()
    known = await door.requoted(seen)
    payments = [one.payment for one in body.payments]
    order, changed = await check_out(seen, version, known, payments, work)
    if changed:
        return problem_of(PricesChanged(changed)).response()
    return _shown(replace(seen, order=order), 202)
