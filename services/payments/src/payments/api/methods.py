"""The ways to pay at a site, over HTTP."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated, Literal

from chassis.http import Body, Page
from chassis.problems import FieldError, Problem, not_found
from chassis.requests import InTransaction, Reading
from chassis.scope import Scope
from contracts.values import SiteId
from fastapi import APIRouter, Depends, Request
from pydantic import StrictBool
from sqlalchemy.ext.asyncio import AsyncSession

from payments.api.access import PREFIX, Reader, SiteCode, Work, Writer
from payments.domain.methods import GatewayName, Method
from payments.handlers.sites import enable_method
from payments.queries.methods import MethodView, methods
from payments.queries.scoped import seen_site

router = APIRouter(prefix=f"{PREFIX}/sites", tags=["payment methods"])


class MethodChange(Body):
    """Whether the site offers the method from now on.

    Attributes:
        gateway: Of cards only: which gateway they go through; none leaves that as it is.
    """

    enabled: StrictBool
    gateway: Literal["test", "stripe"] | None = None


@router.get("/{code}/methods")
async def get_methods(code: SiteCode, scope: Reader, session: Reading) -> Page[MethodView]:
    """List the methods that there are, and whether the site offers each."""
    site_id = await seen_site(scope, session, code)
    if site_id is None:
        raise not_found("site")
    return Page(items=list(await methods(scope, session, site_id)))


@dataclass(frozen=True, slots=True)
class Place:
    """A site of the caller's, read in the transaction that changes it."""

    site_id: SiteId
    scope: Scope
    session: AsyncSession
    gateways: Collection[str]


async def _writable(code: SiteCode, scope: Writer, tx: InTransaction, request: Request) -> Place:
    site_id = await seen_site(scope, tx.session, code)
    if site_id is None:
        raise not_found("site")
    return Place(site_id, scope, tx.session, request.app.state.card_gateways)


@router.put("/{code}/methods/{method}")
async def put_method(
    method: Method,
    change: MethodChange,
    place: Annotated[Place, Depends(_writable, scope="function")],
    uow: Work,
) -> MethodView:
    """Offer a method, or not; payments that stand are left alone."""
    gateway = None if change.gateway is None else GatewayName(change.gateway)
    if gateway is not None and method is not Method.CARD:
        raise _wrong_gateway("GATEWAY_NOT_ALLOWED", "only cards go through a gateway of choice")
    if gateway is not None and gateway not in place.gateways:
        raise _wrong_gateway("GATEWAY_NOT_SET_UP", "this installation has no key for that gateway")
    await enable_method(place.site_id, method, uow, enabled=change.enabled, gateway=gateway)
    listed = await methods(place.scope, place.session, place.site_id)
    return next(one for one in listed if one.method is method)


def _wrong_gateway(code: str, detail: str) -> Problem:
    return Problem(422, code, detail, [FieldError("/gateway", code, detail)])
