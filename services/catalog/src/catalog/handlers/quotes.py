from contracts.catalog.questions import QuoteProducts
from contracts.catalog.replies import LocationStock, ProductQuote, ProductsQuoted, QuoteRefused

from catalog.domain.products import is_sku
from catalog.domain.stock import PlaceStock, Quote
from catalog.handlers.scoped import unknown_site
from catalog.handlers.unit_of_work import UnitOfWork


async def quote_products(question: QuoteProducts, uow: UnitOfWork) -> ProductsQuoted | QuoteRefused:
    asked = set(question.skus)
    found = await uow.products.quotes(question.site_id, {sku for sku in asked if is_sku(sku)})
    if not found.quotes and not await uow.sites.known(question.site_id):
        return unknown_site(question.site_id)
    return ProductsQuoted(
        products=tuple(_told(quote) for quote in found.quotes),
        unknown=tuple(sorted(asked - {quote.sku for quote in found.quotes})),
        as_of=found.as_of,
    )


def _told(quote: Quote) -> ProductQuote:
    return ProductQuote(
        sku=quote.sku,
        name=quote.name,
        price=quote.price,
        available=quote.available,
        locations=tuple(_place(place) for place in quote.places),
    )


def _place(place: PlaceStock) -> LocationStock:
    return LocationStock(
        location_id=place.location_id,
        code=place.code,
        name=place.name,
        ships=place.ships,
        pickup=place.pickup,
        delivery=place.delivery,
        available=place.available,
    )
