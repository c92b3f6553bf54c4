"""Quotes over HTTP: what a line costs a customer, and why."""

from collections.abc import Sequence
from typing import Annotated

from chassis.http import Body, FreeText
from chassis.problems import FieldError, Problem, refused
from chassis.requests import Lending
from contracts.catalog.questions import QuoteLines
from contracts.catalog.quotes import LineAsked
from contracts.catalog.replies import LinesQuoted, QuoteRefused
from contracts.values import CustomerId, SiteId
from fastapi import APIRouter
from pydantic import Field, StringConstraints, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from catalog.api.dependencies import PREFIX, Reader, at_fault
from catalog.api.fields import Code, Flag, Price, SkuText, Units
from catalog.queries.quotes import quote
from catalog.queries.scoped import selling_site

router = APIRouter(prefix=f"{PREFIX}/quotes", tags=["quotes"])

MAX_WITH_AVAILABILITY = 250
"""Lines of a quote that tells about stock too."""


class LineBody(Body):
    """A line to be priced; ``manual_price`` is a unit price that staff set."""

    line_id: Annotated[int, Field(strict=True, ge=0, le=2**31 - 1)]
    sku: SkuText
    units: Units
    manual_price: Price | None = None


class QuoteBody(Body):
    """What a customer wants on a site, with the codes that they have."""

    site: Code
    customer_id: CustomerId | None = None
    level: Annotated[Code | None, Field(description="Of the customer, on this site.")] = None
    price_list: Annotated[Code | None, Field(description="Put on the order by staff.")] = None
    coupons: Annotated[
        list[Annotated[FreeText, StringConstraints(max_length=100)]], Field(max_length=50)
    ] = Field(default_factory=list)
    with_availability: Annotated[
        Flag, Field(description=f"For at most {MAX_WITH_AVAILABILITY} lines.")
    ] = True
    lines: Annotated[list[LineBody], Field(min_length=1, max_length=1000)]

    @field_validator("lines")
    @classmethod
    def _are_numbered(cls, lines: Sequence[LineBody], info: ValidationInfo) -> Sequence[LineBody]:
        if len({line.line_id for line in lines}) != len(lines):
            raise PydanticCustomError("duplicate_line", "each line must have a line_id of its own")
        if info.data.get("with_availability") and len(lines) > MAX_WITH_AVAILABILITY:
            message = "with availability a quote has at most {most} lines"
            raise PydanticCustomError("too_long", message, {"most": MAX_WITH_AVAILABILITY})
        return lines


@router.post("")
async def post_quote(body: QuoteBody, scope: Reader, lent: Lending) -> LinesQuoted:
    """Price lines as this customer would buy them, with every step; changes nothing."""
    async with lent() as driver:
        seen = await selling_site(scope, driver, body.site)
        if seen is None:
            unknown = f"there is no site {body.site}"
            raise at_fault("UNKNOWN_SITE", unknown, {"/site": unknown})
        _must_be_in(seen.site.currency, body.lines)
        reply = await quote(scope, driver, _question(body, seen.site.site_id), seen)
    if isinstance(reply, QuoteRefused):
        raise _problem(reply)
    return reply


def _question(body: QuoteBody, site_id: SiteId) -> QuoteLines:
    return QuoteLines(
        site_id=site_id,
        customer_id=body.customer_id,
        level=body.level,
        price_list=body.price_list,
        coupons=tuple(body.coupons),
        lines=tuple(
            LineAsked(
                line_id=line.line_id,
                sku=line.sku,
                units=line.units,
                manual_price=line.manual_price,
            )
            for line in body.lines
        ),
        with_availability=body.with_availability,
    )


def _must_be_in(currency: str, lines: Sequence[LineBody]) -> None:
    """Name the prices that staff set in another currency.

    Raises:
        Problem: 422 ``CURRENCY_MISMATCH``.
    """
    other = [
        place
        for place, line in enumerate(lines)
        if line.manual_price is not None and line.manual_price.currency != currency
    ]
    if other:
        detail = f"the site sells in {currency}"
        at = {f"/lines/{place}/manual_price/currency": detail for place in other}
        raise at_fault("CURRENCY_MISMATCH", detail, at)


_FIELDS = {"UNKNOWN_PRICE_LIST": "/price_list", "AMOUNT_OUT_OF_RANGE": "/lines"}


def _problem(reply: QuoteRefused) -> Problem:
    at = _FIELDS.get(reply.code)
    if at is None:
        return refused(reply)
    return Problem(422, reply.code, reply.detail, [FieldError(at, reply.code, reply.detail)])
