from typing import Annotated

from chassis.http import Body, IfMatch, Page, Paged, Stale, answer, etag, page_of
from chassis.moments import Moment
from chassis.problems import not_found
from chassis.requests import Reading
from contracts.values import Money
from fastapi import APIRouter, Path, Response
from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from catalog.api.dependencies import PREFIX, OfSite, Reader, Work, at_fault, shared, unfit
from catalog.api.fields import Code, Flag, Name, Price, Priority, SkuText
from catalog.api.levels import UNKNOWN_LEVEL, Levels, no_level
from catalog.domain.discounts import Kind
from catalog.domain.errors import NotYours, Shared, StaleVersion, Unfit
from catalog.domain.promotions import PromotionTerms
from catalog.domain.validity import Validity
from catalog.handlers.promotions import (
    KeptPromotion,
    PutPromotion,
    put_promotion,
)
from catalog.queries.promotions import (
    PromotionView,
    list_promotions,
    promotion,
    promotion_view,
)

router = APIRouter(prefix=f"{PREFIX}/promotions", tags=["promotions"])
PromotionCode = Annotated[Code, Path()]


class TermsBody(Body):
    """What a promotion does, and when.

    A percentage has ``basis_points``, an amount has ``amount``, free shipping has neither.
    """

    name: Name
    kind: Kind
    basis_points: Annotated[
        int | None,
        Field(
            strict=True,
            ge=1,
            le=10_000,
            description="10,000 is all of it.",
            validate_default=True,
        ),
    ] = None
    amount: Annotated[Price | None, Field(validate_default=True)] = None
    minimum: Annotated[Price | None, Field(description="Of discountable goods in the request.")] = (
        None
    )
    level: Code | None = None
    valid_from: Moment | None = None
    valid_until: Moment | None = None
    products: Annotated[
        list[SkuText] | None,
        Field(min_length=1, max_length=1000, description="SKUs or product codes."),
    ] = None
    categories: Annotated[
        list[Code] | None,
        Field(min_length=1, max_length=100, description="With all that are part of them."),
    ] = None
    combinable: Flag = True
    priority: Annotated[Priority, Field(description="The lowest is first.")] = 100

    @field_validator("basis_points")
    @classmethod
    def _is_there_for_a_percentage(cls, points: int | None, info: ValidationInfo) -> int | None:
        _fits_its_kind(points, Kind.PERCENT, info)
        return points

    @field_validator("amount")
    @classmethod
    def _is_there_for_an_amount(cls, amount: Money | None, info: ValidationInfo) -> Money | None:
        _fits_its_kind(amount, Kind.AMOUNT, info)
        if amount is not None and amount.minor == 0:
            raise PydanticCustomError("amount_out_of_range", "the amount must be above zero")
        return amount

    @field_validator("minimum")
    @classmethod
    def _is_in_one_currency(cls, minimum: Money | None, info: ValidationInfo) -> Money | None:
        amount = info.data.get("amount")
        if amount is not None and minimum is not None and amount.currency != minimum.currency:
            message = "the amount and the minimum must be in one currency"
            raise PydanticCustomError("currency_mismatch", message)
        return minimum


def _fits_its_kind(value: object, kind: Kind, info: ValidationInfo) -> None:
    wanted = info.data.get("kind")  # not there when it is at fault itself
    if wanted is not None and (value is None) == (wanted is kind):
        message = "a percentage has basis_points, an amount has amount, and no other has either"
        raise PydanticCustomError("wrong_value", message)


class PromotionBody(TermsBody):
    """Something off, or free shipping, on some sites."""

    sites: Annotated[list[Code], Field(min_length=1, max_length=1000)]
    needs_coupon: Annotated[Flag, Field(description="Applies through a voucher only.")] = False
    active: Flag = True


def terms_of(body: TermsBody) -> PromotionTerms:
    """Give the terms that a body means."""
    put = body if isinstance(body, PromotionBody) else None
    return PromotionTerms(
        name=body.name,
        kind=body.kind,
        basis_points=body.basis_points,
        amount=body.amount,
        minimum=body.minimum,
        level=body.level,
        validity=Validity(body.valid_from, body.valid_until),
        products=None if body.products is None else frozenset(body.products),
        categories=None if body.categories is None else frozenset(body.categories),
        needs_coupon=put is None or put.needs_coupon,
        combinable=body.combinable,
        priority=body.priority,
        active=put is None or put.active,
    )


@router.put("/{code}", response_model=PromotionView, responses={201: {"model": PromotionView}})
async def put_promotion_here(
    code: PromotionCode,
    body: PromotionBody,
    version: IfMatch,
    work: Work,
    levels: Levels,
) -> Response:
    """Make a promotion, or change it; only who sees all of its sites may."""
    scope = levels.scope
    if body.level is not None:
        unknown = await levels.unknown([(site, body.level) for site in body.sites])
        if unknown:
            detail = "; ".join(no_level(*one) for one in sorted(unknown))
            raise at_fault(UNKNOWN_LEVEL, detail, {"/level": detail})
    command = PutPromotion(code, terms_of(body), body.sites, scope.sites, version)
    try:
        kept = await put_promotion(command, work)
    except Unfit as error:
        raise unfit(error) from error
    except NotYours as error:
        raise not_found("promotion") from error
    except Shared as error:
        raise shared(error) from error
    except StaleVersion as error:
        if not isinstance(error.current, KeptPromotion):
            raise not_found("promotion") from error
        seen = error.current
        current = promotion_view(scope, seen.promotion, seen.sites)
        raise Stale(current, current.version) from error
    view = promotion_view(scope, kept.promotion, kept.sites)
    return answer(view, 201 if kept.created else 200, {"ETag": etag(view.version)})


@router.get("/{code}", response_model=PromotionView)
async def get_promotion(code: PromotionCode, scope: Reader, session: Reading) -> Response:
    """Give a promotion, with those of its sites that the caller sees."""
    found = await promotion(scope, session, code)
    if found is None:
        raise not_found("promotion")
    return answer(found, headers={"ETag": etag(found.version)})


@router.get("")
async def get_promotions(
    scope: Reader,
    session: Reading,
    paged: Paged,
    site: OfSite,
) -> Page[PromotionView]:
    """List promotions by code."""
    key = paged.key(str)
    after = None if key is None else key[0]
    rows = await list_promotions(scope, session, site=site, after=after, limit=paged.limit + 1)
    return page_of(rows, paged.limit, lambda row: (row.code,))
