"""What is asked of other services before an order changes."""

import asyncio

from contracts.catalog.questions import QuoteProducts
from contracts.values import SiteId, Sku, new_id
from orders.handlers.facts import facts_about

from services.orders.tests.shop import Shop


def test_products_of_a_large_order_are_asked_for_in_parts() -> None:
    """An answer holds every location of every product, and a message has a limit."""
    skus = [Sku(f"SKU-{number:03}") for number in range(250)]
    shop = Shop(prices={sku: number for number, sku in enumerate(skus[:-1])})

    facts = asyncio.run(facts_about(shop, SiteId(new_id()), skus=[*skus, *skus]))

    asked = [question for question in shop.asked if isinstance(question, QuoteProducts)]
    assert [len(question.skus) for question in asked] == [100, 100, 50]
    assert {sku: quote.price.minor for sku, quote in facts.quotes.items()} == shop.prices
