"""A search of several words finds what has all of them, in order, on however many pages (SE-4)."""

from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest

from services.catalog.tests.api import Api
from services.catalog.tests.driving import Catalog
from services.catalog.tests.shop import Shop, a_shop, pounds

MANY = 1200
"""More products than are few."""


def name(number: int) -> str:
    return f"Lamp{number % 7} Shade{number % 11} Übertopf{number % 600:03d} Nr{number:04d}"


def found_in(number: int, query: str) -> str | None:
    """Give the word of a product that the longest term finds, if every term begins one."""
    words = sorted(name(number).lower().replace("ü", "u").split())
    terms = query.split()
    if not all(any(word.startswith(term) for word in words) for term in terms):
        return None
    longest = max(terms, key=lambda term: (len(term), term))
    return next(word for word in words if word.startswith(longest))


@pytest.fixture
async def shop(api: Api, catalog: Catalog) -> Shop:
    """Give a site with many products, of which some are for the trade only."""
    made = await a_shop(api, catalog)
    trade = {made.site: {"levels": ["trade"]}}
    rows: list[dict[str, Any]] = [
        {
            "code": f"{made.site}-{number:04d}",
            "name": name(number),
            "prices": {made.site: pounds(100)},
            **({"visibility": trade} if number % 5 == 0 else {}),
        }
        for number in range(MANY)
    ]
    for start in range(0, MANY, 200):
        some = rows[start : start + 200]
        body = {"rows": [{"line": 2, "product": row} for row in some]}
        answer = await api.call("POST", "/imports/products", body, Idempotency_Key=uuid4().hex)
        assert answer.json()["created"] == len(some), answer.text
    return made


async def listed(shop: Shop, query: str, level: str) -> list[str]:
    """Give the ends of the codes on all pages."""
    path = f"/products?site={shop.site}&limit=200&level={level}&q={quote(query)}"
    page = await shop.api.get(path)
    codes = [item["code"] for item in page["items"]]
    while page["next"] is not None:
        page = await shop.api.get(f"{path}&after={page['next']}")
        codes += [item["code"] for item in page["items"]]
    return [code.rpartition("-")[2] for code in codes]


async def test_every_page_has_what_has_all_the_words(shop: Shop) -> None:
    """SE-4: whether the words are common, rare, or short; each product once, in order."""
    for query in (
        "lamp shad",  # common, and all have both
        "lamp3 shade",  # common, and few have both
        "shade4 lamp3 ubertopf",
        "ubertopf04 lamp",  # rare
        "la sh",  # short
        "shade u",  # one word beside a letter that all have
        "ubertopf59 l",  # and one of which few are near
        "lamp3 x",  # and one that none has
        "lamp3 lam ubertopf",  # one begins another
        "lamp3 ubertopf9",  # nothing has both
        "ubertopf nr0",  # both begin very many words
        "ubertopf nr lamp3 shade4",  # more than the index is asked for
        "lamp",
    ):
        expected = sorted(
            (word, f"{number:04d}")
            for number in range(MANY)
            if number % 5 and (word := found_in(number, query)) is not None
        )
        assert await listed(shop, query, "none") == [code for _, code in expected], query
    assert len(await listed(shop, "lamp shad", "trade")) == MANY


async def test_a_change_is_found_at_once(shop: Shop, catalog: Catalog) -> None:
    """SE-4: another name, another site, and what is no longer seen."""
    other = await a_shop(shop.api, catalog)
    code = f"{shop.site}-0001"
    assert (await listed(shop, "lamp1 shade1 ubertopf001", "none"))[0] == "0001"

    prices = {shop.site: pounds(100), other.site: pounds(100)}
    await shop.put(f"/products/{code}", name="Lamp Shade Clock", prices=prices)

    assert await listed(shop, "lamp shade clock", "none") == ["0001"]
    assert await listed(other, "lamp shade", "none") == ["0001"]
    assert "0001" not in await listed(shop, "lamp1 shade1 ubertopf001", "none")

    hidden = {other.site: {"visible": False}}
    await shop.put(f"/products/{code}", name="Lamp Shade", prices=prices, visibility=hidden)

    assert await listed(other, "lamp shade", "none") == []
    assert "0001" in await listed(shop, "lamp shade", "none")


async def test_a_word_that_folds_into_a_very_long_one_is_found(api: Api, catalog: Catalog) -> None:
    """SE-4: no index takes words of any length."""
    shop = await a_shop(api, catalog)
    kilometres = "\u3316"
    code = await shop.product(name=kilometres * 200 + " lamp")

    for query in (f"{kilometres * 150} lamp", f"{kilometres * 190}", f"{kilometres} la"):
        page = await shop.api.get(f"/products?site={shop.site}&q={quote(query)}")
        assert [item["code"] for item in page["items"]] == [code]
