"""Samples of the catalog service's messages."""

from contracts.catalog import commands, events, questions, replies
from contracts.message import Message
from contracts.samples.things import AT, MUG, ORDER, PRODUCT, SHOP, SITE, SUBMISSION, TEE, gbp


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
    ]
