"""What a site decides for its orders, over HTTP: policy, shipping methods, tax rates."""

from typing import Annotated

from chassis.auth import needs
from chassis.http import IfMatch, answer, etag
from chassis.problems import Problem, not_found
from chassis.requests import InTransaction, Reading
from chassis.scope import Scope
from fastapi import APIRouter, Depends
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from orders.api.dependencies import Reader, Work
from orders.api.fields import ShippingCode, SiteCode
from orders.api.site_bodies import MethodBody, PolicyBody, RatesBody
from orders.handlers.site_terms import (
    Deciding,
    decide,
    putting_method,
    putting_policy,
    putting_rates,
    removing_method,
)
from orders.queries.scoped import seen_terms
from orders.queries.sites import MethodsView, MethodView, PolicyView, RatesView, Terms

router = APIRouter(prefix="/api/orders/v1/sites/{code}", tags=["sites"])


async def _terms(scope: Scope, session: AsyncSession, code: str) -> Terms:
    found = await seen_terms(scope, session, code)
    if found is None:
        raise Problem(404, "UNKNOWN_SITE", f"there is no site {code}")
    return Terms(*found)


async def _deciding(
    scope: Annotated[Scope, Depends(needs("sites.write"))],
    tx: InTransaction,
    code: SiteCode,
    version: IfMatch,
) -> Deciding:
    return Deciding((await _terms(scope, tx.session, code)).site, version)


async def _known(scope: Reader, session: Reading, code: SiteCode) -> Terms:
    return await _terms(scope, session, code)


Decider = Annotated[Deciding, Depends(_deciding)]
Known = Annotated[Terms, Depends(_known)]


@router.get("/policy", response_model=PolicyView)
async def get_policy(known: Known) -> Response:
    """Give a site's policy: holds, partial stock, capture, tax, countries."""
    return answer(PolicyView.of(known), headers={"ETag": etag(known.version)})


@router.put("/policy", response_model=PolicyView)
async def put_policy(decider: Decider, body: PolicyBody, work: Work) -> Response:
    """Set a site's policy; what is left out takes its default."""
    now = Terms(*await decide(decider, putting_policy(body.policy), work))
    return answer(PolicyView.of(now), headers={"ETag": etag(now.version)})


@router.get("/shipping-methods", response_model=MethodsView)
async def get_shipping_methods(known: Known) -> Response:
    """List a site's shipping methods, in the order in which they are offered."""
    return answer(MethodsView.of(known), headers={"ETag": etag(known.version)})


@router.put("/shipping-methods/{method}", response_model=MethodView)
async def put_shipping_method(
    decider: Decider, method: ShippingCode, body: MethodBody, work: Work
) -> Response:
    """Make or change a shipping method: flat, by weight or by subtotal (FU-3)."""
    made = body.method(method, decider.site.currency)
    now = Terms(*await decide(decider, putting_method(made), work))
    return answer(MethodView.of(made, now.site), headers={"ETag": etag(now.version)})


@router.delete("/shipping-methods/{method}", response_model=MethodsView)
async def delete_shipping_method(decider: Decider, method: ShippingCode, work: Work) -> Response:
    """Take a shipping method away; drafts that have chosen it must choose another."""
    now = Terms(*await decide(decider, removing_method(method), work))
    return answer(MethodsView.of(now), headers={"ETag": etag(now.version)})


@router.get("/shipping-methods/{method}", response_model=MethodView)
async def get_shipping_method(known: Known, method: ShippingCode) -> Response:
    """Give a shipping method."""
    found = known.terms.method(method)
    if found is None:
        raise not_found("shipping method")
    return answer(MethodView.of(found, known.site), headers={"ETag": etag(known.version)})


@router.get("/tax-rates", response_model=RatesView)
async def get_tax_rates(known: Known) -> Response:
    """List a site's rates of tax and duty."""
    return answer(RatesView.of(known), headers={"ETag": etag(known.version)})


@router.put("/tax-rates", response_model=RatesView)
async def put_tax_rates(decider: Decider, body: RatesBody, work: Work) -> Response:
    """Set all of a site's rates of tax and duty; drafts follow with their next change."""
    now = Terms(*await decide(decider, putting_rates(body.entries), work))
    return answer(RatesView.of(now), headers={"ETag": etag(now.version)})
