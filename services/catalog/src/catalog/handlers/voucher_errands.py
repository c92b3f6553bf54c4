"""Vouchers that are made from inside an order (CP-7)."""

from collections.abc import Iterator, Sequence

from chassis.moments import END_YEAR, FIRST_YEAR
from contracts.catalog.questions import MakeVoucher as Errand
from contracts.catalog.questions import VoucherDeal
from contracts.catalog.replies import VoucherMade, VoucherRefused

from catalog.domain.discounts import Kind
from catalog.domain.errors import Fault, Unfit
from catalog.domain.promotions import (
    PromotionTerms,
    VoucherCodeTaken,
    VoucherTerms,
    is_voucher_code,
)
from catalog.domain.validity import Validity
from catalog.handlers.unit_of_work import UnitOfWork
from catalog.handlers.vouchers import MakeVoucher, make_voucher

MAX_BASIS_POINTS = 10_000
MAX_LIMIT = 1_000_000_000


async def make_asked_voucher(errand: Errand, uow: UnitOfWork) -> VoucherMade | VoucherRefused:
    codes = await uow.sites.codes([errand.site_id])
    if errand.site_id not in codes:
        return _refused([Fault("/site_id", "UNKNOWN_SITE", "there is no such site")])
    if faults := [*_faults(errand)]:
        return _refused(faults)
    command = MakeVoucher(
        code=errand.code,
        promotion=errand.promotion or _terms(errand.deal),
        site=codes[errand.site_id],
        terms=VoucherTerms(
            errand.customer_id,
            errand.limit_total,
            errand.limit_per_customer,
            Validity(valid_until=errand.valid_until),
        ),
        author=errand.staff_id,
        within=None,
    )
    try:
        voucher, promotion = await make_voucher(command, uow)
    except Unfit as error:
        return _refused(error.faults)
    except VoucherCodeTaken:
        return _refused([Fault("/code", "VOUCHER_CODE_TAKEN", "another voucher has this code")])
    return VoucherMade(code=voucher.code, promotion=promotion.code)


def _faults(errand: Errand) -> Iterator[Fault]:
    if not is_voucher_code(errand.code):
        detail = "a code has 3 to 40 letters, digits, - and _"
        yield Fault("/code", "INVALID_CODE", detail)
    if (errand.promotion is None) == (errand.deal is None):
        detail = "either promotion or deal must be there"
        yield Fault("", "PROMOTION_OR_TERMS", detail)
    for name, limit in _limits(errand):
        if not 1 <= limit <= MAX_LIMIT:
            yield Fault(f"/{name}", "OUT_OF_RANGE", f"a limit is from 1 to {MAX_LIMIT}")
    if errand.valid_until is not None and not FIRST_YEAR <= errand.valid_until.year < END_YEAR:
        yield Fault("/valid_until", "OUT_OF_RANGE", "no such time is kept")
    if errand.deal is not None:
        yield from _deal_faults(errand.deal)


def _limits(errand: Errand) -> Iterator[tuple[str, int]]:
    if errand.limit_total is not None:
        yield "limit_total", errand.limit_total
    if errand.limit_per_customer is not None:
        yield "limit_per_customer", errand.limit_per_customer


def _deal_faults(deal: VoucherDeal) -> Iterator[Fault]:
    kind, has = Kind(deal.kind), (deal.basis_points is not None, deal.amount is not None)
    if has != (kind is Kind.PERCENT, kind is Kind.AMOUNT):
        detail = "a percentage has basis_points, an amount has amount, and no other has either"
        yield Fault("/deal", "WRONG_VALUE", detail)
    if deal.basis_points is not None and not 1 <= deal.basis_points <= MAX_BASIS_POINTS:
        yield Fault("/deal/basis_points", "OUT_OF_RANGE", "a percentage is above 0, at most 100 %")
    if any(money is not None and money.minor <= 0 for money in (deal.amount, deal.minimum)):
        yield Fault("/deal", "AMOUNT_OUT_OF_RANGE", "an amount must be above zero")
    if deal.amount and deal.minimum and deal.amount.currency != deal.minimum.currency:
        detail = "the amount and the minimum must be in one currency"
        yield Fault("/deal/minimum", "CURRENCY_MISMATCH", detail)


def _terms(deal: VoucherDeal | None) -> PromotionTerms:
    if deal is None:
        raise ValueError("_faults lets no errand without promotion and deal pass")
    return PromotionTerms(
        name=deal.name,
        kind=Kind(deal.kind),
        basis_points=deal.basis_points,
        amount=deal.amount,
        minimum=deal.minimum,
    )


def _refused(faults: Sequence[Fault]) -> VoucherRefused:
    codes = {fault.code for fault in faults}
    code = codes.pop() if len(codes) == 1 else "VOUCHER_INVALID"
    places = {fault.pointer.replace("/terms", "/deal", 1): fault.detail for fault in faults}
    detail = "; ".join(dict.fromkeys(places.values()))
    return VoucherRefused(code=code, detail=detail, faults=places)
