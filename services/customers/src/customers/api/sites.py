"""Customer sets and sites over HTTP."""

from typing import TypeVar

from chassis.http import Body, Page, Paged, Stale, answer, etag, page_of
from chassis.problems import not_found
from chassis.requests import Reading
from fastapi import APIRouter, Response
from pydantic import StrictBool

from customers.api.dependencies import PREFIX, Changing, Code, CodeInPath, Reader, SiteWriter
from customers.api.refusals import refusals
from customers.domain.errors import StaleVersion
from customers.domain.sites import SiteTerms, customer_set_id
from customers.handlers.sites import announce_site, put_customer_set, put_site
from customers.queries.sites import (
    CustomerSetView,
    SiteView,
    customer_set,
    list_customer_sets,
    list_sites,
    site,
)

sets = APIRouter(prefix=f"{PREFIX}/customer-sets", tags=["customer sets"])
router = APIRouter(prefix=f"{PREFIX}/sites", tags=["sites"])

V = TypeVar("V", CustomerSetView, SiteView)


class CustomerSetBody(Body):
    """A customer set."""

    name: str


class SiteBody(Body):
    """A site: a shop, a brand, a country's shop.

    Attributes:
        country: ISO 3166-1 alpha-2 code, upper case.
        currency: ISO 4217 code, upper case; for ever.
        time_zone: IANA name.
        active: Whether orders are taken on it.
        storefront_url: Where customers sign in; invitations lead to ``/invitation?token=`` there.
    """

    name: str
    customer_set: Code
    country: str
    currency: str
    time_zone: str
    active: StrictBool = True
    storefront_url: str | None = None


@sets.put("/{code}", response_model=CustomerSetView, responses={201: {"model": CustomerSetView}})
async def put_set(
    code: CodeInPath, body: CustomerSetBody, scope: SiteWriter, change: Changing
) -> Response:
    """Make or rename a customer set."""
    try:
        with refusals():
            _, created = await put_customer_set(
                code, body.name, scope.sites, change.work, seen=change.seen
            )
    except StaleVersion as stale:
        current = _there(await customer_set(scope, change.session, code), "customer set")
        raise Stale(current, stale.version) from stale
    return _set_answer(await customer_set(scope, change.session, code), 201 if created else 200)


@sets.get("/{code}", response_model=CustomerSetView)
async def get_set(code: CodeInPath, scope: Reader, session: Reading) -> Response:
    """Give a customer set."""
    return _set_answer(await customer_set(scope, session, code))


@sets.get("")
async def get_sets(scope: Reader, session: Reading, page: Paged) -> Page[CustomerSetView]:
    """List the customer sets by code."""
    (after,) = page.key(str) or ("",)
    rows = await list_customer_sets(scope, session, after=after, limit=page.limit + 1)
    return page_of(rows, page.limit, key=lambda row: (row.code,))


@router.put("/{code}", response_model=SiteView, responses={201: {"model": SiteView}})
async def put_site_here(
    code: CodeInPath, body: SiteBody, scope: SiteWriter, change: Changing
) -> Response:
    """Make a site, change it, or move it to another customer set (CS-4)."""
    terms = SiteTerms(
        body.name,
        customer_set_id(body.customer_set),
        body.country,
        body.currency,
        body.time_zone,
        body.active,
        body.storefront_url,
    )
    try:
        with refusals():
            _, created = await put_site(
                code, body.customer_set, terms, scope.sites, change.work, seen=change.seen
            )
    except StaleVersion as stale:
        current = _there(await site(scope, change.session, code), "site")
        raise Stale(current, stale.version) from stale
    return _site_answer(await site(scope, change.session, code), 201 if created else 200)


@router.post("/{code}/announcement", response_model=SiteView)
async def post_announcement(code: CodeInPath, scope: SiteWriter, change: Changing) -> Response:
    """Tell everyone of a site once more, as it is; its version grows.

    For services that were upgraded after this one: a field that they have learnt reaches them so.
    """
    with refusals():
        await announce_site(code, scope.sites, change.work)
    return _site_answer(await site(scope, change.session, code))


@router.get("/{code}", response_model=SiteView)
async def get_site(code: CodeInPath, scope: Reader, session: Reading) -> Response:
    """Give a site."""
    return _site_answer(await site(scope, session, code))


@router.get("")
async def get_sites(scope: Reader, session: Reading, page: Paged) -> Page[SiteView]:
    """List the sites by code: one or more, of which staff choose (CS-1)."""
    (after,) = page.key(str) or ("",)
    rows = await list_sites(scope, session, after=after, limit=page.limit + 1)
    return page_of(rows, page.limit, key=lambda row: (row.code,))


def _set_answer(found: CustomerSetView | None, status: int = 200) -> Response:
    view = _there(found, "customer set")
    return answer(view, status, {"ETag": etag(view.version)})


def _site_answer(found: SiteView | None, status: int = 200) -> Response:
    view = _there(found, "site")
    return answer(view, status, {"ETag": etag(view.version)})


def _there(view: V | None, what: str) -> V:
    if view is None:
        raise not_found(what)
    return view
