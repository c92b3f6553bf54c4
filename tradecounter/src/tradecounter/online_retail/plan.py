"""What the rows mean: sites, products, customers, opening stock and orders. Pure; integers only."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from tradecounter.online_retail.rows import Kind, Row

MAX_LINES = 1000
"""Goods lines that one order may have."""


@dataclass(frozen=True, slots=True)
class Product:
    """A stock code with its most frequent description and price (pence); the first wins a tie."""

    sku: str
    name: str
    price: int


@dataclass(frozen=True, slots=True)
class Line:
    """One goods line; ``price`` is what the invoice says, in pence for one unit."""

    sku: str
    units: int
    price: int


@dataclass(slots=True)
class Order:
    """One invoice with at least one goods line.

    Attributes:
        customer: Reference of the customer: the retailer's id, or the invoice of a guest.
        shipping: Pence, the sum of its shipping rows.
    """

    invoice: str
    country: str
    customer: str
    lines: list[Line] = field(default_factory=list[Line])
    shipping: int = 0
    shipping_rows: int = 0

    @property
    def goods(self) -> int:
        """Sum its lines, in pence."""
        return sum(line.units * line.price for line in self.lines)

    @property
    def units(self) -> int:
        """Count its goods."""
        return sum(line.units for line in self.lines)


@dataclass(slots=True)
class Plan:
    """Everything that is to be there.

    Attributes:
        customers: Country of each customer, by reference, in order of appearance.
        invoices: Invoices in the file, cancellations included.
        skipped: Rows that are neither goods nor shipping, by reason.
    """

    products: dict[str, Product]
    customers: dict[str, str]
    orders: list[Order]
    rows: int
    invoices: int
    skipped: Counter[str]

    @property
    def countries(self) -> list[str]:
        """Give the countries that orders come from, in order of appearance."""
        return list(dict.fromkeys(order.country for order in self.orders))

    def opening_stock(self, factor: Fraction) -> dict[str, int]:
        """Give the units of each product: all that is ordered times ``factor``, rounded down."""
        wanted = Counter[str]()
        for order in self.orders:
            for line in order.lines:
                wanted[line.sku] += line.units
        return {sku: int(units * factor) for sku, units in wanted.items()}


@dataclass(slots=True)
class _Seen:
    names: Counter[str] = field(default_factory=Counter[str])
    prices: Counter[int] = field(default_factory=Counter[int])


def plan(rows: Iterable[Row], *, at_most: int | None = None) -> Plan:
    """Decide what the rows mean; with ``at_most``, of the first so many invoices of the file."""
    seen: dict[str, _Seen] = {}
    orders: dict[str, Order] = {}
    invoices: set[str] = set()
    skipped = Counter[str]()
    count = 0
    for row in rows:
        if row.invoice not in invoices and at_most is not None and len(invoices) >= at_most:
            continue
        invoices.add(row.invoice)
        count += 1
        _note_product(seen, row)
        kind = row.kind
        if kind in {Kind.GOODS, Kind.SHIPPING}:
            _add(orders, row, kind)
        else:
            skipped[kind.value] += 1
    skipped.update(_drop_without_goods(orders))
    customers: dict[str, str] = {}
    for order in orders.values():
        customers.setdefault(order.customer, order.country)
    return Plan(
        products=_products(seen),
        customers=customers,
        orders=list(orders.values()),
        rows=count,
        invoices=len(invoices),
        skipped=skipped,
    )


def _note_product(seen: dict[str, _Seen], row: Row) -> None:
    """Count descriptions and prices over all rows of a code; a cancellation describes it too."""
    if not row.is_goods_code:
        return
    product = seen.setdefault(row.code, _Seen())
    if row.description:
        product.names[row.description] += 1
    if row.price > 0:
        product.prices[row.price] += 1


def _add(orders: dict[str, Order], row: Row, kind: Kind) -> None:
    customer = row.customer or f"guest-{row.invoice}"
    order = orders.setdefault(row.invoice, Order(row.invoice, row.country, customer))
    if kind is Kind.GOODS:
        order.lines.append(Line(row.code, row.quantity, row.price))
    else:
        order.shipping += row.quantity * row.price
        order.shipping_rows += 1


def _drop_without_goods(orders: dict[str, Order]) -> Counter[str]:
    """Drop the invoices that only have shipping; gives their rows, which are not goods."""
    empty = [order for order in orders.values() if not order.lines]
    for order in empty:
        del orders[order.invoice]
    rows = sum(order.shipping_rows for order in empty)
    return Counter({Kind.NOT_GOODS.value: rows} if rows else {})


def _products(seen: dict[str, _Seen]) -> dict[str, Product]:
    """Give every product that ever had a price; ``Counter`` keeps the order of appearance."""
    return {
        sku: Product(
            sku,
            name=max(counts.names, key=counts.names.__getitem__, default=sku),
            price=max(counts.prices, key=counts.prices.__getitem__),
        )
        for sku, counts in seen.items()
        if counts.prices
    }
