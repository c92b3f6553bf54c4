"""Samples of the catalog service's messages."""

from datetime import date

from contracts.catalog import availability, commands, events, questions, quotes, replies
from contracts.message import Message
from contracts.samples.things import (
    AT,
    CUSTOMER,
    HOLD,
    MUG,
    ORDER,
    PRODUCT,
    RETURN,
    SHOP,
    SITE,
    SUBMISSION,
    TEE,
    an_id,
    gbp,
)
from contracts.values import StaffId


def catalog() -> list[Message]:
    """Give one of each."""
    stock = replies.LocationStock(
        location_id=SHOP,
        code="soho",
        name="Soho shop",
        ships=False,
        pickup=True,
        delivery=False,
        available=2,
    )
    return [
        commands.ReserveStock(
            submission_id=SUBMISSION,
            order_id=ORDER,
            site_id=SITE,
            lines=(
                commands.ReservationLine(sku=TEE, units=3),
                commands.ReservationLine(sku=MUG, units=1, location_id=SHOP),
            ),
        ),
        commands.ReleaseStock(submission_id=SUBMISSION),
        commands.AllocateStock(submission_id=SUBMISSION),
        questions.QuoteProducts(site_id=SITE, skus=(MUG, TEE)),
        replies.StockReserved(submission_id=SUBMISSION),
        replies.StockRefused(
            code="OUT_OF_STOCK",
            detail="MUG-01 is short",
            submission_id=SUBMISSION,
            shortages=(replies.Shortage(sku=MUG, wanted=3, available=2),),
        ),
        replies.StockReleased(submission_id=SUBMISSION),
        replies.StockAllocated(submission_id=SUBMISSION),
        replies.ProductsQuoted(
            products=(
                replies.ProductQuote(
                    sku=MUG, name="Mug", price=gbp(1200), available=0, locations=(stock,)
                ),
            ),
            unknown=(TEE,),
            as_of=AT,
        ),
        replies.QuoteRefused(code="UNKNOWN_SITE", detail="no such site"),
        events.ProductChanged(
            product_id=PRODUCT, version=1, sku=MUG, name="Mug", prices={SITE: gbp(1200)}
        ),
        events.ReservationEnded(submission_id=SUBMISSION, outcome="allocated"),
        commands.HoldStock(
            hold_id=HOLD,
            order_id=ORDER,
            site_id=SITE,
            sequence=3,
            lines=(commands.ReservationLine(sku=TEE, units=3),),
            expires_at=AT,
        ),
        commands.ReturnStock(
            return_id=RETURN,
            order_id=ORDER,
            lines=(commands.ReservationLine(sku=TEE, units=2),),
            kept=(commands.ReservationLine(sku=TEE, units=1, location_id=SHOP),),
        ),
        commands.RedeemCoupons(
            submission_id=SUBMISSION,
            order_id=ORDER,
            site_id=SITE,
            customer_id=CUSTOMER,
            coupons=("WELCOME10",),
        ),
        commands.ReturnCoupons(submission_id=SUBMISSION),
        questions.QuoteLines(
            site_id=SITE,
            customer_id=CUSTOMER,
            level="trade",
            coupons=("welcome10",),
            lines=(quotes.LineAsked(line_id=1, sku=TEE, units=12),),
        ),
        questions.TellAvailability(site_id=SITE, skus=(MUG, TEE)),
        questions.TellHeldStock(order_id=ORDER),
        questions.MakeVoucher(
            errand_id=an_id(10),
            code="SORRY-7F3K",
            site_id=SITE,
            deal=questions.VoucherDeal(name="Sorry", kind="percent", basis_points=1000),
            customer_id=CUSTOMER,
            limit_total=1,
            staff_id=StaffId("clerk"),
        ),
        replies.VoucherMade(code="SORRY-7F3K", promotion="voucher-0192f3c0"),
        replies.VoucherRefused(
            code="UNKNOWN_PROMOTION",
            detail="there is no promotion summer on uk",
            faults={"/promotion": "there is no promotion summer on uk"},
        ),
        replies.StockHeld(
            hold_id=HOLD,
            lines=(replies.HeldLine(sku=TEE, location_id=SHOP, units=3, pending=1),),
            expires_at=AT,
        ),
        _lines_quoted(),
        replies.AvailabilityTold(products=(_tees(),), unknown=(MUG,), as_of=AT),
        replies.HeldStockTold(
            order_id=ORDER,
            lines=(
                replies.HeldForOrder(
                    sku=TEE, location_id=SHOP, location="soho", units=3, pending=1, state="reserved"
                ),
            ),
            as_of=AT,
        ),
        replies.StockReturned(
            return_id=RETURN,
            lines=(replies.HeldLine(sku=TEE, location_id=SHOP, units=2, pending=1),),
        ),
        replies.ReturnRefused(
            code="MORE_THAN_ALLOCATED",
            detail="the order has fewer: TEE-BLU-M (1 of 2)",
            return_id=RETURN,
            shortages=(replies.Shortage(sku=TEE, wanted=2, available=1),),
        ),
        replies.CouponsRedeemed(submission_id=SUBMISSION),
        replies.CouponsRefused(
            code="COUPON_USED_UP",
            detail="WELCOME10 has been used as often as it may",
            submission_id=SUBMISSION,
            coupon="WELCOME10",
        ),
        replies.CouponsReturned(submission_id=SUBMISSION),
        events.StockChanged(
            shelf_id=an_id(10),
            version=4,
            sku=TEE,
            location_id=SHOP,
            on_hand=12,
            reserved=3,
            allocated=2,
            safety_stock=1,
            expected=24,
            reason="receipt PO-7788",
        ),
        events.PendingStockAllocated(
            submission_id=SUBMISSION, order_id=ORDER, sku=TEE, location_id=SHOP, units=1
        ),
        events.PriceListChanged(price_list_id=an_id(11), version=2, code="trade-uk", site_id=SITE),
        events.VoucherChanged(
            voucher_id=an_id(12),
            version=2,
            code="WELCOME10",
            promotion="welcome",
            active=True,
            used=1,
        ),
    ]


def _tees() -> availability.Availability:
    expected = (availability.Expected(due=date(2026, 12, 1), units=24),)
    here = availability.LocationAvailability(
        location_id=SHOP,
        code="soho",
        name="Soho shop",
        ships=True,
        pickup=True,
        delivery=False,
        current=7,
        future=expected,
    )
    return availability.Availability(sku=TEE, current=7, future=expected, locations=(here,))


def _lines_quoted() -> replies.LinesQuoted:
    step = quotes.PriceStep
    line = quotes.LineQuote(
        line_id=1,
        sku=TEE,
        product="TEE",
        name="T-shirt",
        options={"Colour": "blue", "Size": "M"},
        list_price=gbp(1400),
        unit_price=gbp(1250),
        amount=gbp(15000),
        discount=gbp(1500),
        trace=(
            step(source="list", amount=gbp(1400)),
            step(source="level", code="trade-uk", name="Trade UK", amount=gbp(1250), min_units=10),
            step(source="coupon", code="WELCOME10", name="10 % welcome", amount=gbp(1500)),
        ),
        weight_grams=180,
        customisation=quotes.Customisation(label="Name on the back", max_length=12),
        availability=_tees(),
    )
    verdict = quotes.CouponVerdict(
        code="WELCOME10", promotion="welcome", name="10 % welcome", discount=gbp(1500)
    )
    refused = quotes.LineRefused(
        line_id=2, sku=MUG, code="UNKNOWN_PRODUCT", detail="this site does not sell MUG-01"
    )
    return replies.LinesQuoted(
        currency="GBP", lines=(line,), refused=(refused,), coupons=(verdict,), as_of=AT
    )
