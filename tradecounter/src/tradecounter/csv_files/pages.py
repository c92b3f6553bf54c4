"""Reads a list of the API to its end."""

from collections.abc import AsyncIterator

from tradecounter.client import Api, Json

LIMIT = "200"


async def listed(api: Api, path: str, **query: str) -> AsyncIterator[Json]:
    """Give the items of a list, a page at a time as they are wanted.

    Raises:
        ApiError: The list is refused, or the system does not answer.
    """
    after: dict[str, str] = {}
    while True:
        page = await api.get(path, **query, **after, limit=LIMIT)
        for item in page["items"]:
            yield item
        if not page.get("next"):
            return
        after = {"after": page["next"]}


async def currencies(api: Api) -> dict[str, str]:
    """Give the currency of each of the caller's sites."""
    path = "/api/customers/v1/sites"
    return {site["code"]: site["currency"] async for site in listed(api, path)}


async def locations(api: Api) -> set[str]:
    """Give the codes of the locations of the caller's sites."""
    return {one["code"] async for one in listed(api, "/api/catalog/v1/locations")}


async def list_currencies(api: Api) -> dict[str, str]:
    """Give the currency of each price list of the caller's sites."""
    path = "/api/catalog/v1/price-lists"
    return {one["code"]: one["currency"] async for one in listed(api, path)}
