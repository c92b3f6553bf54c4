"""Vouchers made from inside an order, over HTTP (CP-7)."""

from typing import Annotated, Literal, Self

from chassis.http import Body, Once, etag
from chassis.idempotency import Made
from chassis.moments import Moment
from contracts.catalog.questions import VoucherDeal
from fastapi import APIRouter
from pydantic import Field, StrictBool, model_validator
from pydantic_core import PydanticCustomError
from starlette.responses import Response

from orders.api.dependencies import PREFIX, AtDesk, Editing, Work, must_be_allowed, once_prepared
from orders.api.fields import Amount, SiteCode, Text200
from orders.handlers.editing import Changing, Priced, edited
from orders.handlers.vouchers import VoucherWish, voucher_code, voucher_made
from orders.queries.views import OrderView

router = APIRouter(prefix=PREFIX + "/{order_id}", tags=["drafts"])

MAKE_VOUCHERS = "catalog.vouchers"


class DealBody(Body):
    """What the voucher takes off.

    A percentage has ``basis_points``, an amount has ``amount``, free shipping has neither.
    """

    name: Text200
    kind: Literal["percent", "amount", "free-shipping"]
    basis_points: Annotated[
        int | None, Field(strict=True, ge=1, le=10_000, description="10,000 is all of it.")
    ] = None
    amount: Amount | None = None
    minimum: Annotated[Amount | None, Field(description="Of goods, from which it applies.")] = None

    @model_validator(mode="after")
    def _has_the_value_of_its_kind(self) -> Self:
        has = (self.basis_points is not None, self.amount is not None)
        if has != (self.kind == "percent", self.kind == "amount"):
            message = "a percentage has basis_points, an amount has amount, and no other has either"
            raise PydanticCustomError("wrong_value", message)
        if any(money is not None and money.minor <= 0 for money in (self.amount, self.minimum)):
            raise PydanticCustomError("amount_out_of_range", "the amount must be above zero")
        return self

    @property
    def deal(self) -> VoucherDeal:
        """Give it as the catalog knows it."""
        return VoucherDeal(
            name=self.name,
            kind=self.kind,
            basis_points=self.basis_points,
            amount=self.amount.money if self.amount else None,
            minimum=self.minimum.money if self.minimum else None,
        )


class VoucherBody(Body):
    """A voucher for this order: of a promotion that needs a coupon, or with terms of its own.

    It may be used once, by the order's customer, unless something else is said.
    """

    promotion: SiteCode | None = None
    terms: DealBody | None = None
    for_anyone: StrictBool = False
    limit_total: Annotated[int, Field(strict=True, ge=1, le=1_000_000_000)] = 1
    valid_until: Moment | None = None

    @model_validator(mode="after")
    def _has_a_promotion_or_terms(self) -> Self:
        if (self.promotion is None) == (self.terms is None):
            message = "either promotion or terms must be there"
            raise PydanticCustomError("promotion_or_terms", message)
        return self

    @property
    def wish(self) -> VoucherWish:
        """Give the voucher as the use case knows it."""
        deal = self.terms.deal if self.terms else None
        return VoucherWish(
            self.promotion, deal, self.for_anyone, self.limit_total, self.valid_until
        )


@router.post("/vouchers", status_code=201, response_model=OrderView)
async def post_voucher(
    edit: Editing, body: VoucherBody, once: Once, work: Work, desk: AtDesk
) -> Response:
    """Make a voucher and put it on the order at once (CP-7).

    Where the catalog gives no answer in time (503) the order is as it was, and the same request may
    be sent again: it is one voucher for each key. One that was made and does nothing for this order
    is not put on it, and stays unused.
    """
    must_be_allowed(edit.scope, MAKE_VOUCHERS)
    code = voucher_code(edit.order_id, edit.scope.staff_id, once.key)

    async def prepare() -> tuple[Changing, Priced]:
        seen = await desk.order(edit.scope, edit.order_id)
        change = await voucher_made(edit, seen, code, body.wish, desk.asker)
        return change, await desk.foreseen(edit, change)

    async def make(ready: tuple[Changing, Priced]) -> Made:
        change, priced = ready
        order = await edited(edit, work, change, priced)
        return 201, OrderView.of(order), {"ETag": etag(order.version)}

    return await once_prepared(once, prepare, make)
