import secrets
from dataclasses import dataclass, replace

from contracts.values import StaffId, new_id

from catalog.domain.errors import Fault, NotYours, Unfit
from catalog.domain.promotions import (
    Promotion,
    PromotionTerms,
    Voucher,
    VoucherCodeTaken,
    VoucherTerms,
    folded_code,
    generated_code,
)
from catalog.domain.sites import Site
from catalog.handlers.coupons import tell_voucher
from catalog.handlers.promotions import fit_sites
from catalog.handlers.scoped import Within
from catalog.handlers.unit_of_work import UnitOfWork

_TRIES = 5


@dataclass(frozen=True, slots=True)
class MakeVoucher:
    """Make a voucher, for a promotion that there is or for one of its own.

    Attributes:
        code: As it shall be written; none makes one up.
        promotion: Code of a promotion that needs a coupon, or the terms of a new one.
        site: Code.
    """

    code: str | None
    promotion: str | PromotionTerms
    site: str
    terms: VoucherTerms
    author: StaffId
    within: Within


async def make_voucher(command: MakeVoucher, uow: UnitOfWork) -> tuple[Voucher, Promotion]:
    """Make a voucher; it may be used at once (CP-7).

    Raises:
        Unfit: UNKNOWN_SITE, UNKNOWN_PROMOTION, PROMOTION_WITHOUT_COUPON, VALIDITY_EMPTY, or what
            ``put_promotion`` refuses.
        VoucherCodeTaken: Another voucher has the code.
    """
    site = (await uow.sites.by_code([command.site])).get(command.site)
    if site is None or (command.within is not None and site.site_id not in command.within):
        raise Unfit([Fault("/site", "UNKNOWN_SITE", f"there is no site {command.site}")])
    if faults := command.terms.validity.faults():
        raise Unfit(faults)
    promotion = await _promotion(command, site, uow)
    for _ in range(_TRIES):
        voucher = Voucher(
            command.code or generated_code(secrets.choice),
            new_id(),
            promotion.code,
            site.site_id,
            command.terms,
            command.author,
        )
        if await uow.vouchers.add(voucher):
            tell_voucher(voucher, uow)
            return voucher, promotion
        if command.code is not None:
            break
    raise VoucherCodeTaken(command.code)


async def disable_voucher(code: str, within: Within, uow: UnitOfWork, *, disabled: bool) -> Voucher:
    """Take a voucher out of use, or put it into use again; repeating it changes nothing.

    Raises:
        NotYours: There is no such voucher on the caller's sites.
    """
    voucher = await uow.vouchers.found(folded_code(code))
    if voucher is None or (within is not None and voucher.site_id not in within):
        raise NotYours(code)
    if voucher.active == disabled:
        voucher.active = not disabled
        voucher.version += 1
        await uow.vouchers.keep([voucher])
        tell_voucher(voucher, uow)
    return voucher


async def _promotion(command: MakeVoucher, site: Site, uow: UnitOfWork) -> Promotion:
    if isinstance(command.promotion, PromotionTerms):
        return await _own(command.promotion, site, command.within, uow)
    found = await uow.promotions.found(command.promotion)
    if found is None or site.site_id not in found.sites:
        detail = f"there is no promotion {command.promotion} on {site.code}"
        raise Unfit([Fault("/promotion", "UNKNOWN_PROMOTION", detail)])
    if not found.terms.needs_coupon:
        detail = f"{found.code} applies without a coupon"
        raise Unfit([Fault("/promotion", "PROMOTION_WITHOUT_COUPON", detail)])
    return found


async def _own(terms: PromotionTerms, site: Site, within: Within, uow: UnitOfWork) -> Promotion:
    try:
        await fit_sites([site.code], terms, within, uow)
    except Unfit as error:
        own = [replace(fault, pointer=_own_pointer(fault, terms)) for fault in error.faults]
        raise Unfit(own) from error
    id_ = new_id()
    promotion = await uow.promotions.locked(f"voucher-{id_.hex}", new_id=id_)
    promotion.change(replace(terms, needs_coupon=True), {site.site_id})
    await uow.promotions.keep(promotion)
    return promotion


def _own_pointer(fault: Fault, terms: PromotionTerms) -> str:
    if fault.code == "CURRENCY_MISMATCH":
        return f"/terms/{'amount' if terms.amount else 'minimum'}/currency"
    return "/site" if fault.pointer.startswith("/sites/") else f"/terms{fault.pointer}"
