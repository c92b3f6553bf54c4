from typing import Annotated, Self

from chassis.http import Body, Once, Page, Paged, answer, page_of
from chassis.idempotency import Made
from chassis.moments import Moment
from chassis.problems import FieldError, Problem, not_found
from chassis.requests import InTransaction, Reading
from chassis.scope import Scope
from contracts.values import CustomerId
from fastapi import APIRouter, Path, Query, Response, status
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from catalog.api.dependencies import PREFIX, OfSite, Reader, Work, Writer, unfit, unknown_in_query
from catalog.api.fields import Code, Flag, VoucherText
from catalog.api.levels import VoucherLevels
from catalog.api.promotions import TermsBody, terms_of
from catalog.domain.errors import NotYours, Unfit
from catalog.domain.promotions import PromotionTerms, VoucherCodeTaken, VoucherTerms, folded_code
from catalog.domain.validity import Validity
from catalog.handlers.voucher_errands import MAX_LIMIT
from catalog.handlers.vouchers import MakeVoucher, disable_voucher, make_voucher
from catalog.queries.promotions import VoucherFilter, VoucherView, list_vouchers, voucher
from catalog.queries.promotions import promotion as seen_promotion

router = APIRouter(prefix=f"{PREFIX}/vouchers", tags=["vouchers"])
VoucherCode = Annotated[VoucherText, Path()]
Limit = Annotated[int, Field(strict=True, ge=1, le=MAX_LIMIT)]


class VoucherBody(Body):
    """A voucher, for a promotion that needs a coupon or for terms of its own."""

    code: Annotated[
        VoucherText | None, Field(description="As it shall be written; none makes one up.")
    ] = None
    promotion: Code | None = None
    terms: TermsBody | None = None
    site: Code
    customer_id: Annotated[CustomerId | None, Field(description="Who alone may use it.")] = None
    limit_total: Limit | None = None
    limit_per_customer: Limit | None = None
    valid_from: Moment | None = None
    valid_until: Moment | None = None

    @model_validator(mode="after")
    def _has_a_promotion_or_terms(self) -> Self:
        if (self.promotion is None) == (self.terms is None):
            message = "either promotion or terms must be there"
            raise PydanticCustomError("promotion_or_terms", message)
        return self


class DisablingBody(Body):
    """Whether the voucher is out of use."""

    disabled: Flag


@router.post("", status_code=status.HTTP_201_CREATED, response_model=VoucherView)
async def post_voucher(
    body: VoucherBody,
    work: Work,
    tx: InTransaction,
    once: Once,
    levels: VoucherLevels,
) -> Response:
    """Make a voucher, that may be used at once."""
    scope = levels.scope
    level = body.terms.level if body.terms else None
    named = {"/terms/level": (body.site, level)} if level is not None else {}
    # Told within: a request that was answered before is answered the same.
    wrong = await levels.wrong(named)
    command = MakeVoucher(
        code=body.code,
        promotion=body.promotion or _terms(body),
        site=body.site,
        terms=VoucherTerms(
            body.customer_id,
            body.limit_total,
            body.limit_per_customer,
            Validity(body.valid_from, body.valid_until),
        ),
        author=scope.staff_id,
        within=scope.sites,
    )

    async def make() -> Made:
        if wrong is not None:
            raise wrong
        made = await _make(command, work)
        return status.HTTP_201_CREATED, await _seen(scope, tx, made), {}

    return await once.run(make)


@router.get("/{code}", response_model=VoucherView)
async def get_voucher(code: VoucherCode, scope: Reader, session: Reading) -> Response:
    """Give a voucher, by its code in any case."""
    found = await voucher(scope, session, code)
    if found is None:
        raise not_found("voucher")
    return answer(found)


@router.get("")
async def get_vouchers(
    scope: Reader,
    session: Reading,
    paged: Paged,
    site: OfSite,
    promotion: Annotated[Code | None, Query(description="Only those for this one.")] = None,
) -> Page[VoucherView]:
    """List vouchers by code."""
    key = paged.key(str)
    after = None if key is None else key[0]
    rows = await list_vouchers(
        scope,
        session,
        narrowed=VoucherFilter(site, promotion),
        after=after,
        limit=paged.limit + 1,
    )
    if not rows and promotion and await seen_promotion(scope, session, promotion) is None:
        raise unknown_in_query("promotion", promotion, "promotion")
    return page_of(rows, paged.limit, lambda row: (folded_code(row.code),))


@router.post("/{code}/disabling", response_model=VoucherView)
async def post_voucher_disabling(
    code: VoucherCode, body: DisablingBody, scope: Writer, work: Work, tx: InTransaction
) -> Response:
    """Take a voucher out of use, or put it into use again."""
    try:
        await disable_voucher(code, scope.sites, work, disabled=body.disabled)
    except NotYours as error:
        raise not_found("voucher") from error
    return answer(await _seen(scope, tx, code))


def _terms(body: VoucherBody) -> PromotionTerms:
    if body.terms is None:
        raise ValueError("a voucher has a promotion or terms")
    return terms_of(body.terms)


async def _make(command: MakeVoucher, work: Work) -> str:
    try:
        made, _ = await make_voucher(command, work)
    except Unfit as error:
        raise unfit(error) from error
    except VoucherCodeTaken as error:
        detail = "another voucher has this code"
        wrong = [FieldError("/code", "VOUCHER_CODE_TAKEN", detail)]
        raise Problem(409, "VOUCHER_CODE_TAKEN", detail, wrong) from error
    return made.code


async def _seen(scope: Scope, tx: InTransaction, code: str) -> VoucherView:
    found = await voucher(scope, tx.session, code)
    if found is None:
        raise LookupError(code)
    return found
