"""The ways to pay at a site, over HTTP."""

from typing import Annotated

from chassis.http import Body, Page
from chassis.problems import not_found
from chassis.requests import InTransaction, Reading
from contracts.values import SiteId
from fastapi import APIRouter, Depends
from pydantic import StrictBool

from payments.api.access import PREFIX, Reader, SiteCode, Work, Writer
from payments.domain.methods import Method
from payments.handlers.sites import enable_method
from payments.queries.methods import MethodView, methods
from payments.queries.scoped import seen_site

router = APIRouter(prefix=f"{PREFIX}/sites", tags=["payment methods"])


class MethodChange(Body):
    """Whether the site offers the method from now on."""

    enabled: StrictBool


@router.get("/{code}/methods")
async def get_methods(code: SiteCode, scope: Reader, session: Reading) -> Page[MethodView]:
    """List the methods that there are, and whether the site offers each."""
    site_id = await seen_site(scope, session, code)
    if site_id is None:
        raise not_found("site")
    return Page(items=await methods(scope, session, site_id))


async def _writable_site(code: SiteCode, scope: Writer, tx: InTransaction) -> SiteId:
    """Give the site that is changed, read in the transaction that changes it."""
    site_id = await seen_site(scope, tx.session, code)
    if site_id is None:
        raise not_found("site")
    return site_id


@router.put("/{code}/methods/{method}")
async def put_method(
    method: Method,
    change: MethodChange,
    site_id: Annotated[SiteId, Depends(_writable_site, scope="function")],
    uow: Work,
) -> MethodView:
    """Offer a method, or not; payments that stand are left alone."""
    await enable_method(site_id, method, uow, enabled=change.enabled)
    return MethodView(method=method, enabled=change.enabled)
