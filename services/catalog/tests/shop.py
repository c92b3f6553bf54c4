"""A site with products, lists and promotions, made over HTTP, and quotes of it."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from contracts.values import SiteId

from services.catalog.tests.api import Api
from services.catalog.tests.driving import Catalog


def a_code() -> str:
    return f"c{uuid4().hex}"


def pounds(minor: int) -> dict[str, object]:
    return {"minor": minor, "currency": "GBP"}


@dataclass
class Shop:
    """One site, in pounds."""

    api: Api
    site: str
    site_id: SiteId

    async def put(self, path: str, **body: object) -> Any:  # noqa: ANN401 - JSON
        answer = await self.api.put(path, body)
        assert answer.status_code in {200, 201}, answer.text
        return answer.json()

    async def product(self, minor: int = 1000, **more: object) -> str:
        """Make a product without options that this site sells."""
        code = a_code()
        prices = {self.site: pounds(minor)}
        await self.put(f"/products/{code}", **{"name": "Chair", "prices": prices, **more})
        return code

    async def price_list(self, *entries: tuple[str, int, int], **terms: object) -> str:
        """Make a price list with entries (SKU, units from, price in minor units)."""
        code = a_code()
        body = {"site": self.site, "name": "List", "currency": "GBP", **terms}
        await self.put(f"/price-lists/{code}", **body)
        if entries:
            put = [
                {"sku": sku, "min_units": units, "price": pounds(minor)}
                for sku, units, minor in entries
            ]
            await self.put(f"/price-lists/{code}/entries", entries=put)
        return code

    async def promotion(self, **terms: object) -> str:
        code = a_code()
        percent = {} if "kind" in terms else {"kind": "percent", "basis_points": 1000}
        body = {"name": "Sale", "sites": [self.site], **percent, **terms}
        await self.put(f"/promotions/{code}", **body)
        return code

    async def voucher(self, **terms: object) -> str:
        """Make a voucher; with a promotion of 10 % unless told otherwise."""
        if not terms.keys() & {"promotion", "terms"}:
            terms["terms"] = {"name": "Sorry", "kind": "percent", "basis_points": 1000}
        body = {"site": self.site, **terms}
        made = await self.api.call("POST", "/vouchers", body, Idempotency_Key=uuid4().hex)
        assert made.status_code == 201, made.text
        return made.json()["code"]

    async def quote(self, *lines: tuple[str, int], **question: object) -> dict[str, Any]:
        answer = await self.ask(*lines, **question)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def ask(self, *lines: tuple[str, int], **question: object) -> Any:  # noqa: ANN401
        asked = [
            {"line_id": place, "sku": sku, "units": units}
            for place, (sku, units) in enumerate(lines, start=1)
        ]
        body = {"site": self.site, "lines": asked, **question}
        return await self.api.call("POST", "/quotes", body)


async def a_shop(api: Api, catalog: Catalog) -> Shop:
    code = a_code()
    return Shop(api, code, await catalog.site(code))
