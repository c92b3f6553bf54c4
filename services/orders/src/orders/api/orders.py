"""Orders over HTTP: begun, found, listed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from annotated_types import Ge, Lt
from chassis.http import Once, Page, Paged, answer, etag, page_of
from chassis.idempotency import Made
from chassis.problems import FieldError, Problem, not_found
from chassis.requests import Lending, Reading
from chassis.scope import Scope
from contracts.values import CustomerId, OrderId
from fastapi import APIRouter, Depends, Query
from messaging.direct import On
from pydantic import AwareDatetime, StringConstraints
from starlette.responses import Response

from orders.api.dependencies import (
    BACKORDER,
    PREFIX,
    AtDesk,
    Desk,
    Reader,
    Work,
    Writer,
    must_be_allowed,
    once_prepared,
)
from orders.api.fields import SiteCode
from orders.api.order_bodies import BasisBody, OrderBody
from orders.domain.errors import NotAcceptable
from orders.domain.numbers import order_number
from orders.domain.order import Order, State
from orders.domain.payments import CARD
from orders.domain.reasons import Why
from orders.handlers.basis import Basis, basis_of_cart, basis_of_order
from orders.handlers.drafts import Drafted, drafted, start_order
from orders.handlers.handing_in import Handing
from orders.handlers.held_stock import held_stock
from orders.handlers.kept_addresses import keep_for_new
from orders.handlers.standing import standing_payments
from orders.handlers.ways_to_pay import banks_asking
from orders.queries.basis import BasedOrderView
from orders.queries.carts import cart as find_cart
from orders.queries.held_stock import OrderStockView
from orders.queries.orders import (
    ChangeView,
    ListedOrder,
    OrderSearch,
    changes_of,
    find_orders,
    whole_order,
)
from orders.queries.orders import order as find_order
from orders.queries.past import order_as_of
from orders.queries.scoped import seen_site
from orders.queries.summary import SummaryView
from orders.queries.views import ActionView, OrderView

router = APIRouter(prefix=PREFIX, tags=["orders"])

_Instant = Annotated[
    AwareDatetime, Query(description="RFC 3339, with a time zone: `2026-11-21T08:00:00Z`.")
]
_Text = Annotated[str, StringConstraints(max_length=200)]
_SOON = timedelta(seconds=1)
"""Most submissions have ended by then, and nobody is asked about them."""
_Id = Annotated[int, Ge(0), Lt(2**63)]


@router.post(
    "",
    status_code=201,
    response_model=OrderView,
    responses={202: {"model": OrderView, "description": "Handed in; follow its progress."}},
)
async def post_order(
    body: OrderBody, scope: Writer, once: Once, work: Work, desk: AtDesk
) -> Response:
    """Begin a draft; with ``submit`` hand it in at once (202).

    An address with ``keep`` goes into the customer's address book too (FU-5); one that breaks the
    rules of its country is refused then.
    """

    async def prepare() -> Drafted:
        return await _drafted(body, scope, desk)

    async def make(ready: Drafted) -> Made:
        order, outcome = ready.order, ready.outcome
        submit = Handing(may_backorder=scope.may(BACKORDER)) if body.submit else None
        await start_order(order, scope.staff_id, work, submit)
        headers = {"Location": f"{PREFIX}/{order.order_id}", "ETag": etag(order.version)}
        view = BasedOrderView.based(order, outcome) if outcome else OrderView.of(order)
        return (202 if body.submit else 201), view, headers

    return await once_prepared(once, prepare, make)


async def _drafted(body: OrderBody, scope: Scope, desk: Desk) -> Drafted:
    """Put the order together with all that it needs, before anything is locked."""
    for permission in body.permissions:
        must_be_allowed(scope, permission)
    if body.submit:
        body.check_complete()
    site, terms = await desk.site(scope, body.site)
    basis = await _basis(body, scope, desk) if body.based_on else None
    count = await desk.numbers.next(site.site_id)
    number = order_number(site.code, site.site_id, count)
    ready = await drafted(body.new(number, (site, terms), scope.staff_id, basis), desk.asker)
    await keep_for_new(ready.order, body.kept, desk.asker, submits=body.submit)
    return ready


async def _basis(body: OrderBody, scope: Scope, desk: Desk) -> Basis:
    """Look up what the draft is begun from; it must be the customer's own (HI-2, HI-3)."""
    wanted = body.based_on or BasisBody()
    async with desk.reading() as session:
        if wanted.cart_id is not None:
            cart = await find_cart(scope, session, wanted.cart_id)
            basis = basis_of_cart(cart) if cart else None
        else:
            order = await whole_order(scope, session, OrderId(wanted.order_id or UUID(int=0)))
            basis = basis_of_order(order) if order else None
    if basis is None:
        at = "/based_on/cart_id" if wanted.cart_id else "/based_on/order_id"
        raise NotAcceptable.at(at, "UNKNOWN_BASIS", "there is no such cart or order")
    if body.customer_id is not None and basis.customer_id not in {None, body.customer_id}:
        detail = "it belongs to another customer"
        raise NotAcceptable.at("/based_on", "BASIS_OF_ANOTHER_CUSTOMER", detail)
    return basis


# One function for all: each dependency costs every request, and a class would be made in a thread.
async def _filters(  # noqa: PLR0913 - each is a parameter of the request
    *,
    customer_id: CustomerId | None = None,
    begun_from: _Instant | None = None,
    begun_until: _Instant | None = None,
    state: State | None = None,
    revised: Annotated[
        bool | None, Query(description="Revised since it was submitted; false: not once.")
    ] = None,
    cancel_reason: Annotated[
        Why | None, Query(description="Why it is, or is being, cancelled.")
    ] = None,
    revision_reason: Annotated[
        Why | None, Query(description="Why it was revised, the last time or before.")
    ] = None,
    site: Annotated[SiteCode | None, Query()] = None,
    q: Annotated[
        _Text, Query(description="Order number, or first letters of names or e-mail.")
    ] = "",
    external_reference: Annotated[_Text | None, Query()] = None,
) -> OrderSearch:
    return OrderSearch(
        site=site,
        text=q,
        external_reference=external_reference,
        customer_id=customer_id,
        begun_from=begun_from,
        begun_until=begun_until,
        state=state,
        revised=revised,
        cancel_reason=cancel_reason,
        revision_reason=revision_reason,
    )


@router.get("", response_model=Page[ListedOrder])
async def get_orders(
    scope: Reader,
    lent: Lending,
    paged: Paged,
    search: Annotated[OrderSearch, Depends(_filters)],
) -> Response:
    """List or search orders, the newest first."""
    key = paged.key(UUID)
    search = replace(search, before=key[0] if key else None, limit=paged.limit + 1)
    async with lent() as driver:
        rows = await find_orders(scope, driver, search)
        if not rows and search.site is not None:
            await _must_be_seen(scope, driver, search.site)
    return answer(page_of(rows, paged.limit, lambda row: (row.id,)))


async def _must_be_seen(scope: Scope, on: On, site: str) -> None:
    if await seen_site(scope, on, site) is None:
        detail = f"there is no site {site}"
        wrong = FieldError(None, "UNKNOWN_SITE", detail, parameter="query: site")
        raise Problem(404, "UNKNOWN_SITE", detail, [wrong])


@router.get("/{order_id}", response_model=OrderView)
async def get_order(
    order_id: OrderId, scope: Reader, desk: AtDesk, at: _Instant | None = None
) -> Response:
    """Give an order; with ``at`` as it was at that instant (SC-2)."""
    if at is not None:
        async with desk.reading() as session:
            past = await order_as_of(scope, session, order_id, at)
        if past is None:
            raise not_found("order at that time")
        return answer(past)
    found = await desk.order(scope, order_id)
    return answer(await _with_actions(found, desk), headers={"ETag": etag(found.version)})


async def _with_actions(order: Order, desk: Desk) -> OrderView:
    """Show what a submission that takes its time waits for: perhaps for the customer's bank."""
    view = OrderView.of(order)
    by_card = any(payment.method == CARD for payment in view.payments)
    takes_time = order.updated_at < datetime.now(UTC) - _SOON
    if order.state is not State.SUBMITTING or not by_card or not takes_time:
        return view
    asking = await banks_asking(desk.asker, order.order_id)
    urls = {
        one.payment.payment_no: asking[one.payment_id].url
        for one in standing_payments(order)
        if one.payment_id in asking
    }
    shown = [
        one.model_copy(update={"action": ActionView(url=urls[one.payment_no])})
        if one.payment_no in urls
        else one
        for one in view.payments
    ]
    return view.model_copy(update={"payments": shown})


@router.get("/{order_id}/summary")
async def get_summary(order_id: OrderId, scope: Reader, session: Reading) -> SummaryView:
    """Give an order in short, to be read to the customer before finishing (TO-2)."""
    found = await whole_order(scope, session, order_id)
    if found is None:
        raise not_found("order")
    return SummaryView.of(found)


@router.get("/{order_id}/stock")
async def get_stock(order_id: OrderId, scope: Reader, desk: AtDesk) -> OrderStockView:
    """Tell where the stock of an order lies just now, by product and location.

    What ships may be split over several locations. Nothing for a draft that holds no stock.
    """
    order = await desk.order(scope, order_id)
    return OrderStockView.of(order, await held_stock(order_id, desk.asker))


@router.get("/{order_id}/changes")
async def get_changes(
    order_id: OrderId, scope: Reader, session: Reading, paged: Paged
) -> Page[ChangeView]:
    """List who changed what on an order, before and after, the oldest first (SC-2)."""
    key = paged.key(_Id)
    after = key[0] if key else 0
    rows = await changes_of(scope, session, order_id, after=after, limit=paged.limit + 1)
    if not rows and await find_order(scope, session, order_id) is None:
        raise not_found("order")
    return page_of(rows, paged.limit, lambda row: (row.id,))
