"""Where the stock of an order lies, as staff see it."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Literal, Self

from contracts.catalog.replies import HeldForOrder, HeldStockTold
from contracts.values import OrderId, Sku

from orders.domain.order import Order, State
from orders.queries.line_views import LocationView
from orders.queries.viewing import View


class ParcelView(View):
    """Units of a product at one location.

    Attributes:
        pending: How many of the units are on their way there (IN-6).
        backordered: How many no stock is known for (IN-9).
        state: ``held`` for the draft, ``reserved`` for a submission or revision that has not
            ended, or ``allocated``.
    """

    location: LocationView
    units: int
    pending: int
    backordered: int
    state: Literal["held", "reserved", "allocated"]

    @classmethod
    def of(cls, told: HeldForOrder) -> Self:
        """Show what the catalog told."""
        return cls(
            location=LocationView(id=told.location_id, code=told.location),
            units=told.units,
            pending=told.pending,
            backordered=told.backordered,
            state=told.state,
        )


class ProductStock(View):
    """Where a product lies; ``lines`` are those of the order that want it, in their order."""

    sku: Sku
    lines: Sequence[int]
    parcels: Sequence[ParcelView]


class OrderStockView(View):
    """What an order has of the stock, by SKU and code of the location; see IN-10.

    Attributes:
        products: Those that it has something of; what is not tracked is never one (IN-7).
        as_of: When the stock was read, UTC.
    """

    order_id: OrderId
    state: State
    version: int
    products: Sequence[ProductStock]
    as_of: datetime

    @classmethod
    def of(cls, order: Order, told: HeldStockTold) -> Self:
        """Show what the catalog told, for the order's lines."""
        wanting: dict[Sku, list[int]] = {}
        for line in order.content.lines:
            wanting.setdefault(line.terms.sku, []).append(line.line_id)
        by_sku = groupby(told.lines, key=lambda one: one.sku)
        return cls(
            order_id=order.order_id,
            state=order.state,
            version=order.version,
            products=[
                ProductStock(
                    sku=sku,
                    lines=wanting.get(sku, ()),
                    parcels=[ParcelView.of(one) for one in parcels],
                )
                for sku, parcels in by_sku
            ],
            as_of=told.as_of,
        )
