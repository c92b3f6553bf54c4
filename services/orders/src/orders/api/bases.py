"""What a draft can be begun from, over HTTP (HI-1, HI-4)."""

from typing import Annotated

from chassis.problems import FieldError, Problem
from contracts.values import CustomerId
from fastapi import APIRouter, Query

from orders.api.dependencies import AtDesk, Reader
from orders.api.fields import SiteCode
from orders.handlers.offering import sold_on
from orders.queries.bases import BasesView, bases_of
from orders.queries.scoped import seen_site

router = APIRouter(prefix="/api/orders/v1/bases", tags=["carts"])


@router.get("")
async def get_bases(
    scope: Reader,
    desk: AtDesk,
    site: Annotated[SiteCode, Query(description="The site that the draft is for.")],
    customer_id: CustomerId,
) -> BasesView:
    """List the customer's newest carts and orders that are worth beginning a draft from.

    Those of another site are among them only where this site sells something of what they hold.
    """
    async with desk.reading() as session:
        known = await seen_site(scope, session, site)
        found = await bases_of(scope, session, customer_id)
    if known is None:
        detail = f"there is no site {site}"
        wrong = FieldError(None, "UNKNOWN_SITE", detail, parameter="query: site")
        raise Problem(404, "UNKNOWN_SITE", detail, [wrong])
    sold = await sold_on(desk.asker, known.site_id, found.elsewhere(site))
    offered = found.offered(site, sold)
    return BasesView(carts=offered.carts, orders=offered.orders)
