"""Everything this service handles."""

from contracts.catalog.commands import (
    AllocateStock,
    HoldStock,
    RedeemCoupons,
    ReleaseStock,
    ReserveStock,
    ReturnCoupons,
    ReturnStock,
)
from contracts.catalog.questions import (
    MakeVoucher,
    QuoteLines,
    QuoteProducts,
    TellAvailability,
    TellHeldStock,
)
from contracts.customers.events import SiteChanged
from messaging.subscriptions import Subscriptions

from catalog.handlers.availability import tell_availability
from catalog.handlers.coupons import redeem_coupons, return_coupons
from catalog.handlers.held_stock import tell_held_stock
from catalog.handlers.holds import hold_stock
from catalog.handlers.line_quotes import quote_lines
from catalog.handlers.quotes import quote_products
from catalog.handlers.returns import return_stock
from catalog.handlers.sites import site_changed
from catalog.handlers.stock import allocate_stock, release_stock, reserve_stock
from catalog.handlers.stock_locks import lock_stock
from catalog.handlers.unit_of_work import UnitOfWork
from catalog.handlers.voucher_errands import make_asked_voucher


def subscriptions() -> Subscriptions[UnitOfWork]:
    """List the messages and their handlers."""
    return (
        Subscriptions[UnitOfWork](service="catalog")
        .answers(ReserveStock, reserve_stock)
        .answers(HoldStock, hold_stock)
        .answers(ReleaseStock, release_stock)
        .answers(AllocateStock, allocate_stock)
        .answers(ReturnStock, return_stock)
        .tells(QuoteProducts, quote_products)
        .tells(TellAvailability, tell_availability)
        .tells(TellHeldStock, tell_held_stock)
        .tells(QuoteLines, quote_lines)
        .carries_out(MakeVoucher, make_asked_voucher)
        .answers(RedeemCoupons, redeem_coupons)
        .answers(ReturnCoupons, return_coupons)
        .follows(SiteChanged, site_changed)
        .locks(lock_stock)
    )
