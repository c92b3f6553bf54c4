"""Gift cards and store credit over HTTP."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from chassis.auth import needs
from chassis.http import Body, FreeText, IdempotencyKey
from chassis.problems import FieldError, Problem, not_found
from chassis.requests import InTransaction, Reading
from chassis.scope import Scope
from contracts.values import CustomerId, Money, SiteId, derived_id
from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, StringConstraints

from payments.api.access import PREFIX, Reader, SiteCode, Work
from payments.api.customers import Known
from payments.api.fields import Amount, Reason, key_reused
from payments.domain.credit import TooMuchCredit
from payments.domain.terms import Buyer
from payments.handlers.credit import Issue, KeyReused, issue_gift_card, issue_store_credit
from payments.queries.credit import CreditView, card_balance, customer_credit, site_currency
from payments.queries.scoped import seen_site

router = APIRouter(prefix=PREFIX, tags=["gift cards and store credit"])
of_customer = APIRouter(prefix="/sites/{code}/customers/{customer_id}/credit")

Issuer = Annotated[Scope, Depends(needs("payments.issue"))]


class IssueBody(Body):
    """What is issued, and why."""

    amount: Amount
    reason: Reason


class CodeBody(Body):
    """The code of a gift card; it travels in no address, so that it stands in no log."""

    code: Annotated[FreeText, StringConstraints(min_length=4, max_length=64)]


class GiftCardView(BaseModel):
    """A gift card that was issued.

    Attributes:
        code: Shown once; none when the request was carried out before. Only its digest is kept.
    """

    amount: Money
    code: str | None


@dataclass(frozen=True, slots=True)
class Issuing:
    """A site of the caller's, where something is issued once."""

    site_id: SiteId
    currency: str
    scope: Scope
    key: str

    def issue(self, body: IssueBody) -> Issue:
        """Give what is to be issued.

        Raises:
            Problem: 422 ``CURRENCY_MISMATCH``.
        """
        if body.amount.currency != self.currency:
            code, detail = "CURRENCY_MISMATCH", f"the site's currency is {self.currency}"
            raise Problem(422, code, detail, [FieldError("/amount/currency", code, detail)])
        return Issue(self.key, self.site_id, body.amount, body.reason, self.scope.staff_id)


async def _issuing(
    code: SiteCode, idempotency_key: IdempotencyKey, scope: Issuer, tx: InTransaction
) -> Issuing:
    site_id = await seen_site(scope, tx.session, code)
    currency = await site_currency(scope, tx.session, site_id) if site_id else None
    if site_id is None or currency is None:
        raise not_found("site")
    key = derived_id(site_id, "issue", scope.staff_id, idempotency_key)
    return Issuing(site_id, currency, scope, f"issue:{key}")


async def _known(_scope: Issuer, customer: Known) -> Buyer:
    """Ask for the customer only on behalf of those who may issue."""
    return customer


def _too_much() -> Problem:
    code, detail = "AMOUNT_OUT_OF_RANGE", "with what was issued before it is more than can be kept"
    return Problem(422, code, detail, [FieldError("/amount", code, detail)])


@router.post("/sites/{code}/gift-cards", status_code=201)
async def post_gift_card(
    body: IssueBody,
    issuing: Annotated[Issuing, Depends(_issuing, scope="function")],
    work: Work,
    response: Response,
) -> GiftCardView:
    """Issue a gift card; its code is in this answer and nowhere else."""
    try:
        code = await issue_gift_card(issuing.issue(body), work)
    except KeyReused as error:
        raise key_reused("issue something else") from error
    except TooMuchCredit as error:
        raise _too_much() from error
    if code is None:
        response.headers["Idempotent-Replayed"] = "true"
    return GiftCardView(amount=body.amount, code=code)


@router.post("/gift-cards/balance")
async def post_balance(body: CodeBody, scope: Reader, session: Reading) -> CreditView:
    """Tell what is left on a gift card."""
    found = await card_balance(scope, session, body.code)
    if found is None:
        raise not_found("gift card")
    return found


@of_customer.post("", status_code=201)
async def post_credit(
    body: IssueBody,
    known: Annotated[Buyer, Depends(_known)],
    issuing: Annotated[Issuing, Depends(_issuing, scope="function")],
    work: Work,
    tx: InTransaction,
) -> CreditView:
    """Give a customer credit at a site."""
    try:
        await issue_store_credit(issuing.issue(body), known.customer_id, work)
    except KeyReused as error:
        raise key_reused("issue something else") from error
    except TooMuchCredit as error:
        raise _too_much() from error
    return await customer_credit(
        issuing.scope, tx.session, issuing.site_id, known.customer_id, issuing.currency
    )


@of_customer.get("")
async def get_credit(
    code: SiteCode, customer_id: UUID, scope: Reader, session: Reading
) -> CreditView:
    """Tell a customer's credit at a site; nothing when none was ever given."""
    site_id = await seen_site(scope, session, code)
    currency = await site_currency(scope, session, site_id) if site_id else None
    if site_id is None or currency is None:
        raise not_found("site")
    return await customer_credit(scope, session, site_id, CustomerId(customer_id), currency)


router.include_router(of_customer)
