"""Using coupons up for a submission, and taking that back (CP-7).

The submission's row decides: whatever was recorded for it first stands, and is answered again.
"""

from collections.abc import Mapping, Sequence

from contracts.catalog.commands import RedeemCoupons, ReturnCoupons
from contracts.catalog.events import VoucherChanged
from contracts.catalog.replies import CouponsRedeemed, CouponsRefused, CouponsReturned
from contracts.values import SubmissionId

from catalog.domain.coupons import CouponsMiscounted, CouponState, Used
from catalog.domain.promotions import (
    DETAILS,
    Buyer,
    Promotion,
    Refused,
    Voucher,
    folded_code,
    is_voucher_code,
    judge,
)
from catalog.handlers.unit_of_work import UnitOfWork


async def redeem_coupons(
    command: RedeemCoupons, uow: UnitOfWork
) -> CouponsRedeemed | CouponsRefused:
    id_ = command.submission_id
    if not await uow.vouchers.begin(id_):
        return await _as_before(id_, uow)
    keys = list(dict.fromkeys(folded_code(coupon) for coupon in command.coupons))
    result = await _usable(command, keys, uow)
    if isinstance(result, Used):
        await uow.vouchers.conclude(id_, result)
        return _refused(id_, result)
    vouchers = [voucher for voucher, _ in result.values()]
    for voucher in vouchers:
        voucher.used += 1
        voucher.version += 1
    terms = {key: promotion.terms for key, (_, promotion) in result.items()}
    await uow.vouchers.use(id_, command.order_id, command.customer_id, terms)
    await uow.vouchers.keep(vouchers)
    _tell(vouchers, uow)
    return CouponsRedeemed(submission_id=id_)


async def return_coupons(command: ReturnCoupons, uow: UnitOfWork) -> CouponsReturned:
    id_ = command.submission_id
    if not await uow.vouchers.begin(id_):
        before = await uow.vouchers.outcome(id_)
        if before is not None and before.state is CouponState.REDEEMED:
            given_back = await uow.vouchers.take_back(id_)
            for voucher in given_back:
                voucher.used -= 1
                voucher.version += 1
            await uow.vouchers.keep(given_back)
            _tell(given_back, uow)
    await uow.vouchers.conclude(id_, Used(CouponState.RETURNED))
    return CouponsReturned(submission_id=id_)


async def _usable(
    command: RedeemCoupons, keys: Sequence[str], uow: UnitOfWork
) -> Mapping[str, tuple[Voucher, Promotion]] | Used:
    """Give the vouchers, locked, or why the first that cannot be used cannot."""
    known = await uow.offers.site(command.site_id)
    codes = [key for key in keys if is_voucher_code(key)]
    found = await uow.vouchers.locked(codes)
    uses = await uow.vouchers.uses(codes, command.customer_id)
    for key in keys:
        refused = Refused.UNKNOWN
        if known is not None and key in found:
            buyer = Buyer(command.site_id, known.site.currency, command.customer_id, known.at)
            voucher, promotion = found[key]
            refused = judge(voucher, promotion, buyer, used_by_customer=uses.get(key, 0))
        if refused is not None:
            code = found[key][0].code if key in found else _shown(key)
            return Used(CouponState.REFUSED, refused.value, DETAILS[refused], code)
    return {key: found[key] for key in keys}


def _shown(key: str) -> str:
    """Give what was typed in a form that can be kept."""
    return "".join(sign if sign.isprintable() else "?" for sign in key[:100])


async def _as_before(
    submission_id: SubmissionId, uow: UnitOfWork
) -> CouponsRedeemed | CouponsRefused:
    before = await uow.vouchers.outcome(submission_id)
    match before:
        case Used(CouponState.REDEEMED):
            return CouponsRedeemed(submission_id=submission_id)
        case Used(CouponState.REFUSED):
            return _refused(submission_id, before)
        case Used(CouponState.RETURNED):
            taken_back = "the submission was taken back"
            return _refused(submission_id, Used(CouponState.RETURNED, "RELEASED", taken_back))
        case _:
            raise CouponsMiscounted(f"submission {submission_id} has no outcome for its coupons")


def _refused(submission_id: SubmissionId, used: Used) -> CouponsRefused:
    return CouponsRefused(
        submission_id=submission_id, code=used.code, detail=used.detail, coupon=used.coupon
    )


def _tell(vouchers: Sequence[Voucher], uow: UnitOfWork) -> None:
    for voucher in vouchers:
        tell_voucher(voucher, uow)


def tell_voucher(voucher: Voucher, uow: UnitOfWork) -> None:
    """Publish a voucher's state."""
    event = VoucherChanged(
        voucher_id=voucher.voucher_id,
        version=voucher.version,
        code=voucher.code,
        promotion=voucher.promotion,
        active=voucher.active,
        used=voucher.used,
    )
    uow.outbox.publish(event, sequence=voucher.version)
