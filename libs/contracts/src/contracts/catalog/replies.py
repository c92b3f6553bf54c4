"""How the catalog service answers."""

from datetime import datetime
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from contracts.message import Refusal, Reply
from contracts.values import LocationId, Money, Sku, SubmissionId


class StockReserved(Reply):
    """Every line is held, until the submission releases or allocates it."""

    type: ClassVar = "catalog.stock-reserved.v1"

    submission_id: SubmissionId


class Shortage(BaseModel):
    """What a reservation lacked of one product.

    Attributes:
        wanted: Units asked for.
        available: Units that could have been held.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    sku: Sku
    location_id: LocationId | None = None
    wanted: int
    available: int


class StockRefused(Refusal):
    """Nothing is held. ``code`` is OUT_OF_STOCK, UNKNOWN_SITE, UNKNOWN_LOCATION or RELEASED.

    Attributes:
        shortages: Per product, in order of SKU; empty unless OUT_OF_STOCK.
    """

    type: ClassVar = "catalog.stock-refused.v1"

    submission_id: SubmissionId
    shortages: tuple[Shortage, ...] = ()


class StockReleased(Reply):
    """The submission holds nothing, now and for good."""

    type: ClassVar = "catalog.stock-released.v1"

    submission_id: SubmissionId


class StockAllocated(Reply):
    """The submission's goods belong to its order."""

    type: ClassVar = "catalog.stock-allocated.v1"

    submission_id: SubmissionId


class LocationStock(BaseModel):
    """What one location can promise of a product; ``available`` is units, never negative."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    location_id: LocationId
    code: str
    name: str
    ships: bool
    pickup: bool
    delivery: bool
    available: int


class ProductQuote(BaseModel):
    """A product as one site sells it.

    Attributes:
        price: Unit price on this site.
        available: Units over all locations that ship for the site.
        locations: Every location linked to the site, by code.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    sku: Sku
    name: str
    price: Money
    available: int
    locations: tuple[LocationStock, ...] = ()


class ProductsQuoted(Reply):
    """The products that this site sells, in order of SKU; ``unknown`` lists those it does not.

    Attributes:
        as_of: When the stock was read, UTC.
    """

    type: ClassVar = "catalog.products-quoted.v1"

    products: tuple[ProductQuote, ...]
    unknown: tuple[Sku, ...] = ()
    as_of: datetime


class QuoteRefused(Refusal):
    """Nothing can be quoted. ``code`` is UNKNOWN_SITE."""

    type: ClassVar = "catalog.quote-refused.v1"
