"""Makes categories that products name and that are not there yet."""

import asyncio
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
    _known: set[str] = field(default_factory=set[str], init=False)
    _asked: bool = field(default=False, init=False)
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)

    async def make(self, items: Sequence[Item]) -> None:
        """Make what these items need."""
        named = {code: name for item in items for code, name in item.categories.items()}
        if not named:
            return
        async with self._one_at_a_time:
            if not self._asked:
                self._known.update([one["code"] async for one in listed(self.api, PATH)])
                self._asked = True
            if self.dry_run:
                self._leave_out_missing(items)
                return
            for code, name in named.items():
                if code not in self._known:
                    await self.api.put(f"{PATH}/{code}", {"name": name})
                    self._known.add(code)

    def _leave_out_missing(self, items: Sequence[Item]) -> None:
        for item in items:
            if item.categories:
                kept = [code for code in item.categories if code in self._known]
                item.body["product"]["categories"] = kept
