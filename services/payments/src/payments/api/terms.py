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
from payments.api.customers import Known
from payments.domain.terms import Agreement, Buyer, SiteTerms
from payments.handlers.unit_of_work import UnitOfWork
from payments.queries.scoped import currencies_of_set, seen_site
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
agreements = APIRouter(prefix="/customers/{customer_id}/purchase-terms")

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


class SetOutOfScope(Problem):
    """Terms hold at all sites of the customer set: whoever sets them works on all of these."""

    def __init__(self) -> None:
        detail = "the terms hold at all sites of the customer set, and you do not work on all"
        super().__init__(403, "SET_OUT_OF_SCOPE", detail)


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


Writing = Annotated[Place, Depends(_writable, scope="function")]


@dataclass(frozen=True, slots=True)
class Agreeing:
    """What is agreed with a customer, about to be changed under its lock.

    Attributes:
        currencies: What the sites of the set sell in.
        before: As it is; ``version`` counts its changes.
    """

    buyer: Buyer
    scope: Scope
    session: AsyncSession
    uow: UnitOfWork
    currencies: set[str]
    before: Agreement | None

    async def view(self) -> AgreementView:
        """Give what the customer may buy on account now."""
        return await agreement(self.scope, self.session, self.buyer)


async def _agreeing(customer_id: UUID, place: Writing, version: IfMatch, uow: Work) -> Agreeing:
    currencies = await currencies_of_set(place.scope, place.session, place.site_id)
    if not currencies:
        raise SetOutOfScope
    buyer = Buyer(place.site_id, CustomerId(customer_id))
    before = await uow.terms.agreed(buyer)
    known = await uow.terms.version(buyer)
    agreeing = Agreeing(buyer, place.scope, place.session, uow, currencies, before)
    if version is not None and version != known:
        raise Stale(await agreeing.view(), known)
    return agreeing


async def _known(_scope: Writer, customer: Known) -> Buyer:
    """Ask for the customer only on behalf of those who may write."""
    return customer


Looking = Annotated[Place, Depends(_place)]
Changing = Annotated[Agreeing, Depends(_agreeing, scope="function")]


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


@agreements.get("", response_model=AgreementView)
async def get_agreement(customer_id: UUID, place: Looking) -> Response:
    """Tell what a customer may buy on account, and what is open, at all sites of the set."""
    buyer = Buyer(place.site_id, CustomerId(customer_id))
    view = await agreement(place.scope, place.session, buyer)
    return answer(view, headers={"ETag": etag(view.version)})


@agreements.put("", response_model=AgreementView)
async def put_agreement(
    body: AgreementBody, _customer: Annotated[Buyer, Depends(_known)], agreeing: Changing
) -> Response:
    """Agree on terms; they hold at all sites of the set, from the next purchase order on.

    A limit below what is open takes nothing back: nothing more is sold until enough is paid.
    """
    limits = _limits(body, agreeing)
    await agreeing.uow.terms.agree(agreeing.buyer, Agreement(body.net_days, limits))
    view = await agreeing.view()
    return answer(view, headers={"ETag": etag(view.version)})


@agreements.delete("", status_code=204)
async def delete_agreement(agreeing: Changing) -> None:
    """Take terms back: what the site says to all holds from the next purchase order on.

    To sell a customer nothing on account, agree on no limits instead.
    """
    if not await agreeing.uow.terms.disagree(agreeing.buyer):
        raise not_found("agreement")


@agreements.get("/changes")
async def get_agreement_changes(
    customer_id: UUID, place: Looking, page: Paged
) -> Page[TermsChangeView]:
    """List who agreed on what with a customer, the oldest first (SC-2)."""
    buyer = Buyer(place.site_id, CustomerId(customer_id))
    rows = await agreement_changes(
        place.scope, place.session, buyer, after=place_after(page), limit=page.limit + 1
    )
    return page_of(rows, page.limit, key=lambda row: (row.id,))


def _limits(body: AgreementBody, agreeing: Agreeing) -> dict[str, int]:
    """Give the limits by currency.

    Raises:
        Problem: 422, naming the limit: less than nothing, a currency twice, or one that no site of
            the set sells in and that was not agreed on before either.
    """
    sold_in = agreeing.currencies | set(agreeing.before.limits if agreeing.before else ())
    wrong: list[FieldError] = []
    limits: dict[str, int] = {}
    for at, one in enumerate(body.limits):
        if one.minor < 0:
            detail = "a limit is not less than nothing"
            wrong.append(FieldError(f"/limits/{at}/minor", "AMOUNT_OUT_OF_RANGE", detail))
        if one.currency not in sold_in:
            detail = f"no site of the customer set sells in {one.currency}"
            wrong.append(FieldError(f"/limits/{at}/currency", "UNKNOWN_CURRENCY", detail))
        if one.currency in limits:
            detail = f"there is a limit in {one.currency} already"
            wrong.append(FieldError(f"/limits/{at}/currency", "CURRENCY_REPEATED", detail))
        limits[one.currency] = one.minor
    if wrong:
        raise Problem(422, wrong[0].code, wrong[0].detail, wrong)
    return limits


router.include_router(agreements)
