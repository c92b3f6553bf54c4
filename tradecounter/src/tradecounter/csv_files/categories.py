"""Makes categories that products name and that are not there yet."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tradecounter.client import Api
from tradecounter.csv_files.items import Item
from tradecounter.csv_files.pages import listed

PATH = "/api/catalog/v1/categories"


@dataclass(slots=True)
class Categories:
    """The categories that are known to be there.

    Attributes:
        dry_run: Make none; products are then asked about without those that are missing.
    """

    api: Api
    dry_run: bool = False
    _known: set[str] | None = field(default=None, init=False)

    async def make(self, items: Sequence[Item]) -> None:
        """Make what these items need."""
        if self._known is None:
            self._known = {one["code"] async for one in listed(self.api, PATH)}
        named = {code: name for item in items for code, name in item.categories.items()}
        missing = {code: name for code, name in named.items() if code not in self._known}
        if self.dry_run:
            for item in items:
                product = item.body["product"]
                if "categories" in product:
                    kept = [code for code in product["categories"] if code in self._known]
                    product["categories"] = kept
            return
        for code, name in missing.items():
            await self.api.put(f"{PATH}/{code}", {"name": name})
            self._known.add(code)
