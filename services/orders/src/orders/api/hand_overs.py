"""Handing a draft to its customer, over HTTP: by mail, or to the storefront's checkout."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from chassis.http import Body, Once, answer, etag
from chassis.idempotency import Made
from chassis.problems import Problem, not_found
from chassis.requests import Reading
from contracts.values import OrderId
from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from starlette.responses import Response

from orders.api.dependencies import PREFIX, Editing, Reader, Work
from orders.api.drafts import changed
from orders.api.fields import Note
from orders.gateways.links import LinkSigner
from orders.handlers.hand_overs import hand_over_by_mail, hand_over_to_storefront, revoke
from orders.queries.hand_overs import HandOverView, hand_over_of
from orders.queries.views import OrderView

router = APIRouter(prefix=PREFIX + "/{order_id}", tags=["hand-over"])


class HandOverBody(Body):
    """What staff add to the mail."""

    message: Note | None = None


class StorefrontLink(BaseModel):
    """Where the customer is led to; the address holds a secret and works once."""

    link_id: UUID
    url: str
    expires_at: datetime


async def link_signer(request: Request) -> LinkSigner:
    """Give what signs links.

    Raises:
        Problem: 409 ``LINKS_NOT_SET_UP``.
    """
    found: LinkSigner | None = request.app.state.link_signer
    if found is None:
        detail = "nothing is handed over here: the setting ORDERS_LINK_KEY is missing"
        raise Problem(409, "LINKS_NOT_SET_UP", detail)
    return found


Signing = Annotated[LinkSigner, Depends(link_signer)]

_NO_MESSAGE = HandOverBody()


@router.post("/hand-over", status_code=202, response_model=OrderView)
async def post_hand_over(
    edit: Editing, once: Once, work: Work, signer: Signing, body: HandOverBody = _NO_MESSAGE
) -> Response:
    """Send the customer a mail with a link to the order: they review, change, pay and submit it.

    The draft stays open to staff; a link that was sent before works no longer (PA-4, PA-5).
    """

    async def make() -> Made:
        order = await hand_over_by_mail(edit, body.message, signer.page, work)
        where = f"{PREFIX}/{order.order_id}/hand-over"
        return 202, OrderView.of(order), {"Location": where, "ETag": etag(order.version)}

    return await once.run(make)


@router.get("/hand-over")
async def get_hand_over(order_id: OrderId, scope: Reader, session: Reading) -> HandOverView:
    """Give what has become of the last link to the order."""
    found = await hand_over_of(scope, session, order_id)
    if found is None:
        raise not_found("hand-over")
    return found


@router.delete("/hand-over", response_model=OrderView)
async def delete_hand_over(edit: Editing, work: Work) -> Response:
    """Take the order back from its customer: the link works no longer."""
    return changed(await revoke(edit, work))


@router.post("/storefront-hand-over", status_code=201, response_model=StorefrontLink)
async def post_storefront_hand_over(edit: Editing, work: Work, signer: Signing) -> Response:
    """Make a link to the checkout of the site's storefront, with this order (PA-6).

    The storefront reads the order and submits it with the link's secret alone.
    """
    order, link = await hand_over_to_storefront(edit, work)
    url = f"{order.site.storefront_url}/checkout?token={signer.token(link)}"
    made = StorefrontLink(link_id=link.link_id, url=url, expires_at=link.expires_at)
    return answer(made, 201, {"ETag": etag(order.version)})
