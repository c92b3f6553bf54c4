"""What the rules need kept; storage keeps it."""

from collections.abc import Collection, Mapping
from typing import Protocol
from uuid import UUID

from contracts.values import LocationId, SiteId, Sku

from catalog.domain.categories import Category
from catalog.domain.locations import Location
from catalog.domain.products import Product
from catalog.domain.sites import Site
from catalog.domain.stock import Quotes


class SiteRepository(Protocol):
    """The copies of sites."""

    async def keep(self, site: Site) -> None:
        """Keep this state of a site, unless a higher version is known."""
        ...

    async def by_code(self, codes: Collection[str]) -> dict[str, Site]:
        """Give the sites of these codes, as far as they are known."""
        ...

    async def codes(self, site_ids: Collection[SiteId]) -> dict[SiteId, str]:
        """Give the codes of these sites, as far as they are known."""
        ...

    async def known(self, site_id: SiteId) -> bool:
        """Tell whether the site is known."""
        ...


class ProductRepository(Protocol):
    """Products with their variants and prices."""

    async def locked(self, codes: Mapping[Sku, UUID]) -> dict[Sku, Product]:
        """Give products by code, locked until the transaction ends.

        One that there is not yet is made: of version 0, with the id given to its code.
        """
        ...

    async def found(self, codes: Collection[Sku]) -> dict[Sku, Product]:
        """Give those of these products that there are, locked until the transaction ends."""
        ...

    async def keep(self, kept: Collection[Product]) -> None:
        """Keep the products' new state."""
        ...

    async def drop_unkept(self, codes: Collection[Sku]) -> None:
        """Drop those of these products that were made by ``locked`` and not kept."""
        ...

    async def owners(self, skus: Collection[Sku]) -> dict[Sku, Sku]:
        """Give the code of the product that each of these SKUs belongs to, as far as known."""
        ...

    async def unnamed(self, names: Collection[str]) -> set[str]:
        """Give those that are neither a SKU nor the code of a product."""
        ...

    async def unknown(self, skus: Collection[Sku]) -> set[Sku]:
        """Give those SKUs that are of no product."""
        ...

    async def quotes(self, site_id: SiteId, skus: Collection[Sku]) -> Quotes:
        """Give price and stock of those of these products that the site sells."""
        ...


class CategoryRepository(Protocol):
    """Categories."""

    async def locked(self, code: str) -> Category:
        """Give a category, locked until the transaction ends; one of version 0 if there is none."""
        ...

    async def keep(self, category: Category) -> None:
        """Keep the category's new state."""
        ...

    async def known(self, codes: Collection[str]) -> set[str]:
        """Give those of these codes that are of a category."""
        ...

    async def above(self, code: str) -> set[str]:
        """Give a category's code and those of all it is part of; nothing if there is none."""
        ...


class LocationRepository(Protocol):
    """Locations with the sites they serve."""

    async def locked(self, code: str, *, new_id: LocationId) -> Location:
        """Give a location, locked until the transaction ends; one of version 0 if there is none."""
        ...

    async def keep(self, location: Location) -> None:
        """Keep the location's new state."""
        ...

    async def find(self, code: str) -> Location | None:
        """Give a location."""
        ...

    async def ids(
        self, codes: Collection[str], within: Collection[SiteId] | None
    ) -> dict[str, LocationId]:
        """Give the ids of those of these locations that serve a site ``within`` (none: any)."""
        ...

    async def of_id(self, location_id: LocationId) -> Location | None:
        """Give the location with this id."""
        ...

    async def serving(self, site_id: SiteId) -> set[LocationId]:
        """Give the locations linked to a site."""
        ...
