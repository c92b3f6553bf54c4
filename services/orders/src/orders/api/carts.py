"""Carts that customers left at a storefront, over HTTP (HI-1)."""

from typing import Annotated
from uuid import UUID

from chassis.http import Body, Once, Page, Paged, page_of
from chassis.idempotency import Made
from chassis.moments import Moment
from chassis.problems import Problem
from chassis.requests import Reading
from contracts.values import CustomerId, SiteId, new_id
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from orders.api.dependencies import AtDesk, Reader, Work, Writer, once_prepared
from orders.api.fields import Amount, LineUnits, Note, SiteCode, SkuText, Text200
from orders.domain.carts import Cart, CartLine
from orders.handlers.facts import must_have_carts
from orders.queries.carts import CartSearch, CartView, find_carts
from orders.queries.scoped import seen_site

PREFIX = "/api/orders/v1/carts"

router = APIRouter(prefix=PREFIX, tags=["carts"])


class CartLineBody(Body):
    """What lies in the cart; ``unit_price`` is what the customer saw."""

    sku: SkuText
    units: LineUnits
    unit_price: Amount | None = None
    text: Note | None = None

    @property
    def line(self) -> CartLine:
        """Give the line as the domain knows it."""
        price = self.unit_price.money if self.unit_price else None
        return CartLine(self.sku, self.units, price, self.text)


class CartBody(Body):
    """A cart; ``reference`` is the storefront's own name for it, sent again it is replaced."""

    site: SiteCode
    reference: Text200
    customer_id: CustomerId
    lines: Annotated[tuple[CartLineBody, ...], Field(min_length=1, max_length=200)]
    abandoned_at: Moment

    def cart(self, site_id: SiteId) -> Cart:
        """Give the cart as the domain knows it."""
        return Cart(
            cart_id=new_id(),
            site_id=site_id,
            reference=self.reference,
            customer_id=self.customer_id,
            lines=tuple(line.line for line in self.lines),
            abandoned_at=self.abandoned_at,
        )


class CartKept(BaseModel):
    """The cart's id here."""

    id: UUID


@router.post("", status_code=201, response_model=CartKept)
async def post_cart(
    body: CartBody, scope: Writer, once: Once, work: Work, desk: AtDesk
) -> Response:
    """Receive a cart from a storefront, or what has become of it; not while staff have it.

    The customer is one of the site's customer set whom staff may order for; who lacks a phone or
    an address still may leave a cart.
    """

    async def prepare() -> Cart:
        site, _ = await desk.site(scope, body.site)
        await must_have_carts(body.customer_id, site.site_id, desk.asker)
        return body.cart(site.site_id)

    async def make(cart: Cart) -> Made:
        return 201, CartKept(id=await work.carts.keep(cart)), {}

    return await once_prepared(once, prepare, make)


@router.get("")
async def get_carts(
    scope: Reader,
    session: Reading,
    paged: Paged,
    site: Annotated[SiteCode | None, Query()] = None,
    customer_id: CustomerId | None = None,
) -> Page[CartView]:
    """List carts of a customer or site, those that came last first."""
    known = None
    if site is not None:
        known = await seen_site(scope, session, site)
        if known is None:
            raise Problem(404, "UNKNOWN_SITE", f"there is no site {site}")
    key = paged.key(UUID)
    search = CartSearch(
        known.site_id if known else None, customer_id, key[0] if key else None, paged.limit + 1
    )
    rows = await find_carts(scope, session, search)
    return page_of(rows, paged.limit, lambda row: (row.id,))
