"""What may be bought on account, over HTTP."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from annotated_types import Ge, Le
from chassis.http import Body, IfMatch, Page, Paged, Stale, answer, etag, page_of
from chassis.problems import FieldError, Problem, not_found
from chassis.requests import InTransaction, Reading
from chassis.scope import Scope
from contracts.values import CustomerId, Money, SiteId
from fastapi import APIRouter, Depends
from pydantic import Field, StrictBool, StrictInt
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from payments.api.access import PREFIX, Reader, SiteCode, Work, Writer, place_after
from payments.domain.terms import Agreement, Buyer, SiteTerms
from payments.queries.scoped import seen_site
from payments.queries.terms import (
    AgreementView,
    TermsChangeView,
    UsualView,
    agreement,
    agreement_changes,
    usual,
    usual_changes,
)

router = APIRouter(prefix=f"{PREFIX}/sites/{{code}}", tags=["purchase terms"])

NetDays = Annotated[StrictInt, Ge(0), Le(365)]


class AgreementBody(Body):
    """What is agreed with a customer.

    Attributes:
        net_days: Within how many days an order is paid.
        limits: What may be open, one amount a currency; nothing is sold on account in others.
    """

    net_days: NetDays
    limits: Annotated[list[Money], Field(max_length=20)]


class UsualBody(Body):
    """What the site says to those with whom nothing was agreed."""

    without_agreement: StrictBool
    net_days: NetDays


@dataclass(frozen=True, slots=True)
class Place:
    """A site of the caller's, and what it is read in."""

    site_id: SiteId
    scope: Scope
    session: AsyncSession


async def _place(code: SiteCode, scope: Reader, session: Reading) -> Place:
    return await _seen(code, scope, session)


async def _writable(code: SiteCode, scope: Writer, tx: InTransaction) -> Place:
    return await _seen(code, scope, tx.session)


async def _seen(code: str, scope: Scope, session: AsyncSession) -> Place:
    site_id = await seen_site(scope, session, code)
    if site_id is None:
        raise not_found("site")
    return Place(site_id, scope, session)


Looking = Annotated[Place, Depends(_place)]
Writing = Annotated[Place, Depends(_writable, scope="function")]


@router.get("/purchase-terms")
async def get_usual(place: Looking) -> UsualView:
    """Tell what the site says to customers with whom nothing was agreed."""
    return await usual(place.scope, place.session, place.site_id)


@router.put("/purchase-terms")
async def put_usual(body: UsualBody, place: Writing, uow: Work) -> UsualView:
    """Say what holds for customers with whom nothing was agreed, from now on."""
    await uow.terms.make_usual(place.site_id, SiteTerms(body.without_agreement, body.net_days))
    return await usual(place.scope, place.session, place.site_id)


@router.get("/purchase-terms/changes")
async def get_usual_changes(place: Looking, page: Paged) -> Page[TermsChangeView]:
    """List who changed that, the oldest first (SC-2)."""
    rows = await usual_changes(
        place.scope, place.session, place.site_id, after=place_after(page), limit=page.limit + 1
    )
    return page_of(rows, page.limit, key=lambda row: (row.id,))


@router.get("/customers/{customer_id}/purchase-terms", response_model=AgreementView)
async def get_agreement(customer_id: UUID, place: Looking) -> Response:
    """Tell what a customer may buy on account, and what is open, at all sites of the set."""
    buyer = Buyer(place.site_id, CustomerId(customer_id))
    view = await agreement(place.scope, place.session, buyer)
    return answer(view, headers={"ETag": etag(view.version)})


@router.put("/customers/{customer_id}/purchase-terms", response_model=AgreementView)
async def put_agreement(
    customer_id: UUID, body: AgreementBody, place: Writing, version: IfMatch, uow: Work
) -> Response:
    """Agree on terms; they hold at all sites of the set, from the next purchase order on.

    A limit below what is open takes nothing back: nothing more is sold until enough is paid.
    """
    buyer = Buyer(place.site_id, CustomerId(customer_id))
    limits = _limits(body)
    before = await uow.terms.agreed(buyer)
    known = before.version if before else 0
    if version is not None and version != known:
        raise Stale(await agreement(place.scope, place.session, buyer), known)
    await uow.terms.agree(buyer, Agreement(body.net_days, limits))
    view = await agreement(place.scope, place.session, buyer)
    return answer(view, headers={"ETag": etag(view.version)})


@router.get("/customers/{customer_id}/purchase-terms/changes")
async def get_agreement_changes(
    customer_id: UUID, place: Looking, page: Paged
) -> Page[TermsChangeView]:
    """List who agreed on what with a customer, the oldest first (SC-2)."""
    buyer = Buyer(place.site_id, CustomerId(customer_id))
    rows = await agreement_changes(
        place.scope, place.session, buyer, after=place_after(page), limit=page.limit + 1
    )
    return page_of(rows, page.limit, key=lambda row: (row.id,))


def _limits(body: AgreementBody) -> dict[str, int]:
    """Give the limits by currency.

    Raises:
        Problem: 422, naming the limit: less than nothing, or a currency twice.
    """
    wrong: list[FieldError] = []
    limits: dict[str, int] = {}
    for at, one in enumerate(body.limits):
        if one.minor < 0:
            detail = "a limit is not less than nothing"
            wrong.append(FieldError(f"/limits/{at}/minor", "AMOUNT_OUT_OF_RANGE", detail))
        if one.currency in limits:
            detail = f"there is a limit in {one.currency} already"
            wrong.append(FieldError(f"/limits/{at}/currency", "CURRENCY_REPEATED", detail))
        limits[one.currency] = one.minor
    if wrong:
        raise Problem(422, wrong[0].code, wrong[0].detail, wrong)
    return limits
