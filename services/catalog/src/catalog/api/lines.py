"""Lines of a request, each about a product of its own."""

from collections.abc import Iterable

from contracts.values import Sku

from catalog.api.dependencies import at_fault


def places_of(skus: Iterable[Sku]) -> dict[Sku, int]:
    """Give the place of each line by its SKU.

    Raises:
        Problem: 422 ``DUPLICATE_PRODUCT``, when one stands twice.
    """
    places: dict[Sku, int] = {}
    for place, sku in enumerate(skus):
        if sku in places:
            twice = {f"/lines/{place}/sku": f"{sku} stands in an earlier line already"}
            raise at_fault("DUPLICATE_PRODUCT", "each product may stand in one line", twice)
        places[sku] = place
    return places
