"""What a product costs a customer on a site, step by step (CP-4, CP-5)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from contracts.values import Money, Sku

from catalog.domain.availability import Availability
from catalog.domain.price_lists import Entry, PriceList, entry_for
from catalog.domain.products import EVERYONE, Customisation, Option, Visibility


@dataclass(frozen=True, slots=True)
class Offered:
    """A variant as one site sells it.

    Attributes:
        product: Code of the product that it is a variant of.
        price: The site's own unit price.
        options: What is chosen, by the option's name.
        choices: The options of the product, in order.
        categories: Codes of the product's categories and of all above them.
        availability: What can be promised of it; there when it was asked for.
    """

    sku: Sku
    product: Sku
    product_id: UUID
    name: str
    price: Money
    options: Mapping[str, str] = field(default_factory=dict[str, str])
    choices: tuple[Option, ...] = ()
    barcodes: tuple[str, ...] = ()
    weight_grams: int | None = None
    customisation: Customisation | None = None
    tax_category: str = "standard"
    tracked: bool = True
    categories: frozenset[str] = frozenset()
    visibility: Visibility = EVERYONE
    availability: Availability | None = None


@dataclass(frozen=True, slots=True)
class Applied:
    """A price list that applies to a request, with its entries for the products asked about.

    Attributes:
        source: ``level`` or ``price-list``: put on the order by staff.
    """

    price_list: PriceList
    source: str
    entries: Mapping[Sku, Sequence[Entry]]

    def hides(self, sku: Sku) -> bool:
        """Tell whether the list is exclusive and the product is not on it."""
        return self.price_list.terms.exclusive and not self.entries.get(sku)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a price; ``amount`` is the unit price that was set, or what was taken off.

    Attributes:
        code: Of the price list, promotion or coupon; none for the site's own price.
        min_units: Of the quantity break that applied.
        withheld: What a coupon would take off besides, if its minimum were reached.
    """

    source: str
    amount: Money
    code: str | None = None
    name: str | None = None
    min_units: int | None = None
    withheld: Money | None = None


@dataclass(frozen=True, slots=True)
class Priced:
    """The unit price that applies, and how it came about; ``trace`` is never empty."""

    unit: Money
    discountable: bool
    trace: tuple[Step, ...]


def price_of(
    offered: Offered, units: int, lists: Iterable[Applied], manual: Money | None = None
) -> Priced:
    """Price a product: the site's price, then the lists in their order, then what staff set.

    The last one that has a price sets it; each is told in the trace. Whether promotions may take
    something off is said by the last list that has a price, also where staff then set another.

    Args:
        offered: What is priced.
        units: Of this product in all lines of the request: they choose the quantity break.
        lists: That of the customer's level, then the one put on the order.
        manual: Unit price that staff set.
    """
    unit, discountable = offered.price, True
    trace = [Step("list", unit)]
    for applied in lists:
        entry = entry_for(units, applied.entries.get(offered.sku, ()))
        if entry is None:
            continue
        unit = Money(entry.minor, applied.price_list.currency)
        discountable = not entry.no_discounts
        named = applied.price_list
        trace.append(Step(applied.source, unit, named.code, named.terms.name, entry.min_units))
    if manual is not None:
        unit = manual
        trace.append(Step("manual", unit))
    return Priced(unit, discountable, tuple(trace))
