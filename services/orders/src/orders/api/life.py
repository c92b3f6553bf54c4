"""A draft's life over HTTP: worked on, parked, taken over, kept for the customer, moved, held."""

from datetime import timedelta
from typing import Annotated

from chassis.http import Body, answer, etag
from chassis.problems import not_found
from chassis.requests import Reading
from contracts.values import OrderId
from fastapi import APIRouter
from pydantic import Field, StrictBool
from starlette.responses import Response

from orders.api.dependencies import PREFIX, AtDesk, Editing, Reader, Work, must_be_allowed
from orders.api.drafts import changed
from orders.api.fields import SiteCode
from orders.domain import extras
from orders.domain.lease import MOST, USUAL
from orders.domain.moving import Destination
from orders.domain.numbers import order_number
from orders.handlers.editing import edited
from orders.handlers.holds import renew_hold
from orders.handlers.leases import Leasing, park, take_lease
from orders.handlers.moving import move_order, tried
from orders.queries.holds import HoldView, hold_of
from orders.queries.moves import MovedView
from orders.queries.views import OrderView

router = APIRouter(prefix=PREFIX + "/{order_id}", tags=["drafts"])

TAKE_OVER = "orders.take-over"


class LeaseBody(Body):
    """For how long the draft is wanted; ``take_over``: also from somebody who has it."""

    seconds: Annotated[int, Field(strict=True, ge=10, le=int(MOST.total_seconds()))] = int(
        USUAL.total_seconds()
    )
    take_over: StrictBool = False


class DoneBody(Body):
    """Whether staff are done, and the draft stays for the customer to check out (SN-1)."""

    done: StrictBool


class SiteBody(Body):
    """The site to go to; without ``accept`` nothing is changed, only shown."""

    site: SiteCode
    accept: StrictBool = False


@router.put("/lease", response_model=OrderView)
async def put_lease(edit: Editing, body: LeaseBody, work: Work) -> Response:
    """Work on the draft alone, resume it, or go on doing so; a take-over is recorded (SN-2)."""
    if body.take_over:
        must_be_allowed(edit.scope, TAKE_OVER)
    leasing = Leasing(timedelta(seconds=body.seconds), take_over=body.take_over)
    return changed(await take_lease(edit, leasing, work))


@router.delete("/lease", response_model=OrderView)
async def delete_lease(edit: Editing, work: Work) -> Response:
    """Park the draft: everything stays in it, and anybody may resume it (SN-2)."""
    return changed(await park(edit, work))


@router.put("/done", response_model=OrderView)
async def put_done(edit: Editing, body: DoneBody, work: Work) -> Response:
    """End the order entry and keep the draft for the customer, or take it up again (SN-1)."""
    done = body.done
    return changed(
        await edited(edit, work, lambda order: extras.keep_for_customer(order, done=done))
    )


@router.put("/site", response_model=MovedView)
async def put_site(edit: Editing, body: SiteBody, desk: AtDesk, work: Work) -> Response:
    """Show what becomes of the draft on another site, or bring it there (CS-8)."""
    seen = await desk.order(edit.scope, edit.order_id)
    site, terms = await desk.site(edit.scope, body.site)
    number = seen.number
    if body.accept and site.site_id != seen.site.site_id:
        count = await desk.numbers.next(site.site_id)
        number = order_number(site.code, site.site_id, count)
    destination = Destination(site, terms, number)
    trial = await tried(edit, seen, destination, desk.asker)
    moved = await move_order(edit, trial, work) if body.accept else trial.moved
    view = MovedView.of(moved, accepted=body.accept)
    return answer(view, headers={"ETag": etag(moved.order.version)} if body.accept else {})


@router.post("/hold", response_model=OrderView, status_code=202)
async def post_hold(edit: Editing, work: Work) -> Response:
    """Hold the draft's stock for the site's time once more (IN-11)."""
    return changed(await renew_hold(edit, work), 202)


@router.get("/hold")
async def get_hold(order_id: OrderId, scope: Reader, session: Reading) -> HoldView:
    """Give what the catalog last said of the stock that the draft holds (IN-11)."""
    found = await hold_of(scope, session, order_id)
    if found is None:
        raise not_found("hold")
    return found
