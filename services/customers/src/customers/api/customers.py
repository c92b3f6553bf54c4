"""Customers over HTTP."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from chassis.http import Once, Page, Paged, PageQuery, answer, etag, page_of
from chassis.problems import FieldError, Problem
from chassis.requests import Reading
from chassis.scope import Scope
from contracts.values import CustomerId
from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from customers.api.dependencies import (
    PREFIX,
    Changing,
    ChangingCustomer,
    Reader,
    Writer,
    seen_customer,
)
from customers.api.entries import CorrectionBody, CustomerBody, DisablingBody, SiteCode
from customers.api.refusals import refusals
from customers.domain.search import prefix_of
from customers.handlers.customers import (
    Correction,
    correct_customer,
    create_customer,
    disable_customer,
)
from customers.queries.customers import CustomerLine, CustomerView, Wanted, list_customers
from customers.queries.scoped import set_of_site
from customers.queries.search import search_customers

router = APIRouter(prefix=f"{PREFIX}/customers", tags=["customers"])


@router.post("", status_code=201, response_model=CustomerView)
async def post_customer(
    body: CustomerBody, scope: Writer, change: Changing, once: Once
) -> Response:
    """Make a customer; all that is wrong with the request is told in one answer (CU-3)."""

    async def make() -> tuple[int, CustomerView, Mapping[str, str]]:
        now = datetime.now(UTC)
        with refusals():
            made = await create_customer(
                body.site or "", body.entry(), now, scope.sites, change.work
            )
        view = await seen_customer(scope, change.session, made.customer_id)
        location = f"{PREFIX}/customers/{view.id}"
        return 201, view, {"Location": location, "ETag": etag(view.version)}

    return await once.run(make)


async def _wanted(
    scope: Reader,
    session: Reading,
    site: Annotated[SiteCode | None, Query(description="Only of this site's customers.")] = None,
    q: Annotated[
        str,
        Query(
            max_length=200,
            description="Beginning of a first or last name, e-mail, company, phone or number.",
        ),
    ] = "",
    external_reference: Annotated[str | None, Query(max_length=100)] = None,
) -> Wanted:
    of_set = None
    if site is not None and (of_set := await set_of_site(scope, session, site)) is None:
        detail = f"there is no site {site}"
        wrong = FieldError(None, "UNKNOWN_SITE", detail, parameter="query: site")
        raise Problem(404, "UNKNOWN_SITE", detail, [wrong])
    return Wanted(of_set, prefix_of(q), external_reference)


@router.get("")
async def get_customers(
    scope: Reader,
    session: Reading,
    page: Paged,
    wanted: Annotated[Wanted, Depends(_wanted, scope="function")],
) -> Page[CustomerLine]:
    """List customers, the newest first, or search them; with ``site``, of its set only (CS-2)."""
    if wanted.prefix:
        return await _search(scope, session, wanted, page)
    (after,) = page.key(UUID) or (None,)
    rows = await list_customers(scope, session, wanted, after=after, limit=page.limit + 1)
    return page_of(rows, page.limit, key=lambda row: (row.id,))


async def _search(
    scope: Scope, session: AsyncSession, wanted: Wanted, page: PageQuery
) -> Page[CustomerLine]:
    key = page.key(str, UUID)
    after = None if key is None else (key[0], key[1])
    rows = await search_customers(scope, session, wanted, after=after, limit=page.limit + 1)
    found = page_of(rows, page.limit, key=lambda row: row[0])
    return Page(items=[line for _, line in found.items], next=found.next)


@router.get("/{customer_id}", response_model=CustomerView)
async def get_customer(customer_id: UUID, scope: Reader, session: Reading) -> Response:
    """Give a customer."""
    view = await seen_customer(scope, session, CustomerId(customer_id))
    return answer(view, headers={"ETag": etag(view.version)})


@router.patch("/{customer_id}", response_model=CustomerView)  # noqa: FAST003 - the change reads it
async def patch_customer(body: CorrectionBody, change: ChangingCustomer) -> Response:
    """Change a customer's details, or move the customer to another set (CS-4)."""
    correction = Correction(body.given(), body.site, body.customer_set)
    view = await change.made(
        correct_customer(
            change.customer_id, correction, change.scope.sites, change.work, seen=change.seen
        )
    )
    return answer(view, headers={"ETag": etag(view.version)})


@router.post("/{customer_id}/disabling", response_model=CustomerView)  # noqa: FAST003 - as above
async def post_disabling(body: DisablingBody, change: ChangingCustomer) -> Response:
    """Take a customer out of use for orders, or back into it."""
    view = await change.made(
        disable_customer(
            change.customer_id,
            change.scope.sites,
            change.work,
            disabled=body.disabled,
            seen=change.seen,
        )
    )
    return answer(view, headers={"ETag": etag(view.version)})
