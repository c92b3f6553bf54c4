"""What the catalog service can be asked to tell."""

from typing import ClassVar

from contracts.message import Question
from contracts.values import SiteId, Sku


class QuoteProducts(Question):
    """Tell name, price and stock of products as this site sells them.

    Answered by ``ProductsQuoted``, or by ``QuoteRefused``. ``skus`` holds 1 to 1,000 distinct SKUs.
    """

    type: ClassVar = "catalog.quote-products.v1"

    site_id: SiteId
    skus: tuple[Sku, ...]
