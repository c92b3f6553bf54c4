"""What a draft for a customer can be begun from: their carts and their orders (HI-1, HI-4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from chassis.scope import Scope
from contracts.values import CustomerId, OrderId, Sku
from sqlalchemy import cast, func, select
from sqlalchemy.dialects.postgresql import JSONB, JSONPATH
from sqlalchemy.ext.asyncio import AsyncSession

from orders.queries.carts import CartSearch, CartView, find_carts
from orders.queries.orders import ListedOrder, OrderSearch, find_orders
from orders.queries.scoped import within
from orders.queries.viewing import View
from orders.storage.tables import orders

NEWEST = 50
"""Carts and orders of each kind that are looked at."""


class BasesView(View):
    """Carts and orders, each the newest first."""

    carts: Sequence[CartView]
    orders: Sequence[ListedOrder]


@dataclass(frozen=True, slots=True)
class Bases:
    """Carts and orders of a customer, and the products that each order holds."""

    carts: Sequence[CartView]
    orders: Sequence[ListedOrder]
    ordered: Mapping[OrderId, frozenset[Sku]]

    def elsewhere(self, site: str) -> frozenset[Sku]:
        """Give the products of those that are not of this site."""
        found = [line.sku for cart in self.carts if cart.site != site for line in cart.lines]
        of_orders = (self.ordered.get(one.id, ()) for one in self.orders if one.site != site)
        return frozenset(found).union(*of_orders)

    def offered(self, site: str, sold: frozenset[Sku]) -> Self:
        """Leave out those of another site of which this one sells nothing."""
        carts = [
            cart
            for cart in self.carts
            if cart.site == site or any(line.sku in sold for line in cart.lines)
        ]
        kept = [
            one
            for one in self.orders
            if one.site == site or sold & self.ordered.get(one.id, frozenset())
        ]
        return replace(self, carts=carts, orders=kept)


async def bases_of(scope: Scope, session: AsyncSession, customer_id: CustomerId) -> Bases:
    """Give the newest carts and orders of a customer."""
    carts = await find_carts(scope, session, CartSearch(None, customer_id, None, NEWEST))
    search = OrderSearch(customer_id=customer_id, limit=NEWEST)
    listed = await find_orders(scope, session, search)
    path = cast("$.lines[*].terms.sku", JSONPATH)
    skus = func.jsonb_path_query_array(orders.c.content, path, type_=JSONB)
    query = select(orders.c.id, skus.label("skus")).where(
        orders.c.id.in_([one.id for one in listed]), within(scope, orders.c.site_id)
    )
    ordered = {OrderId(row.id): frozenset(row.skus) for row in await session.execute(query)}
    return Bases(carts, listed, ordered)
