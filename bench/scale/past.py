"""Orders by the number, as the orders service would have kept them: one begun every minute."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from contracts.values import CustomerSetId, Money, OrderId, SiteId, Sku, StaffId
from orders.domain.content import Content
from orders.domain.lines import Line, LineTerms
from orders.domain.numbers import order_number
from orders.domain.order import Customer, Order, State
from orders.domain.parts import Address, Buyer
from orders.domain.site import Site
from orders.storage import tables
from orders.storage.documents import first_columns_of, search_text

from bench.scale import people
from bench.scale.copying import CopyingConnection, copy, settle

_FIRST_DAY = datetime(2021, 1, 1, tzinfo=UTC)
_AT_ONCE = 5000
_CONTENTS = 200
"""Contents there are: adding up one of its own for each of a million orders would take too long."""
_PER_CUSTOMER = 3
_STATES = (State.SUBMITTING, *(State.DRAFT,) * 4, *(State.CANCELLED,) * 6)
"""Of a hundred orders in a row; the others are submitted, and so are most that are submitting."""

_OWN = ("number", "created_at", "updated_at", "external_reference", "submitted_at", "version")

Sites = Mapping[str, SiteId]
"""Id by code, in order; site ``n`` belongs to customer set ``n % 4``."""


def order(number: int, sites: Sites, sets: Sequence[CustomerSetId]) -> Order:
    """Make the order of this number, always the same one."""
    buyer, at = number // _PER_CUSTOMER, begun(number)
    of_set = buyer % len(sets)
    place = of_set + len(sets) * (number % (len(sites) // len(sets)))
    code = list(sites)[place]
    site = _site(code, sites[code], sets[of_set])
    first, last = people.name(buyer)
    state = _state(number)
    return Order(
        order_id=_id(number),
        number=order_number(code, sites[code], number),
        site=site,
        created_at=at,
        updated_at=at,
        content=replace(_content(number % _CONTENTS), buyer=Buyer(people.email(buyer))),
        customer=Customer(people.customer_id(buyer), f"{first} {last}"),
        state=state,
        version=4,
        external_reference=f"PO-{number}" if number % 3 == 0 else None,
        submitted_by=StaffId("bench"),
        submitted_at=at if state is State.SUBMITTED else None,
    )


def begun(number: int) -> datetime:
    """Give when the order of this number was begun."""
    return _FIRST_DAY + timedelta(minutes=number)


def _id(number: int) -> OrderId:
    """Give an id that begins with the order's time, as UUIDs of version 7 do."""
    milliseconds = int(begun(number).timestamp() * 1000)
    return OrderId(UUID(int=milliseconds << 80 | 7 << 76 | 2 << 62 | number))


def _state(number: int) -> State:
    state = _STATES[place] if (place := number % 100) < len(_STATES) else State.SUBMITTED
    rare = state is State.SUBMITTING and number % 10_000
    return State.SUBMITTED if rare else state


@lru_cache
def _site(code: str, site_id: SiteId, of_set: CustomerSetId) -> Site:
    return Site(site_id, 1, code, code, of_set, "GB", "GBP", "Europe/London", active=True)


@lru_cache(_CONTENTS)
def _content(number: int) -> Content:
    address = Address("A Customer", (f"{number + 1} Example Street",), "London", "GB")
    terms = [
        LineTerms(Sku(f"SKU-{number + line:07d}"), "Product", line, Money(100 + number, "GBP"))
        for line in (1, 2)
    ]
    lines = tuple(Line(line, of_line) for line, of_line in enumerate(terms, 1))
    return Content("GBP", lines, lines_ever=2, billing_address=address, shipping_address=address)


async def add_orders(
    connection: CopyingConnection, numbers: range, sites: Sites, sets: Sequence[CustomerSetId]
) -> None:
    """Keep the orders of these numbers."""
    contents = [first_columns_of(order(number, sites, sets)) for number in range(_CONTENTS)]
    for start in range(numbers.start, numbers.stop, _AT_ONCE):
        part = range(start, min(start + _AT_ONCE, numbers.stop))
        rows = [_row(order(number, sites, sets), contents[number % _CONTENTS]) for number in part]
        await copy(connection, tables.orders, rows)
    await settle(connection)


def _row(made: Order, content: Mapping[str, Any]) -> dict[str, Any]:
    """Give the row of an order, its content and sums as another has them."""
    own = {name: getattr(made, name) for name in _OWN}
    customer = made.customer
    return {
        **content,
        **own,
        "id": made.order_id,
        "site_id": made.site.site_id,
        "state": made.state.value,
        "customer_id": customer and customer.customer_id,
        "customer_name": customer and customer.name,
        "search_text": search_text(made),
    }


def search(random: Random, size: int, sites: Sites) -> str:
    """Give the address of a list as a clerk asks for it: by site, state, text or date."""
    number = random.randrange(size)
    buyer = number // _PER_CUSTOMER
    first, last = people.name(buyer)
    site = random.choice(list(sites))
    day = timedelta(days=1)
    asked = random.choice(
        (
            {"site": site},
            {"site": site, "state": random.choice(list(State)).value},
            {"state": random.choice(list(State)).value},
            {"site": site, "begun_from": begun(number), "begun_until": begun(number) + day},
            {"site": site, "q": last[:3]},
            {"q": f"{first[:3]} {last[:2]}"},
            {"q": f"{first} {last[:4]}"},
            {"q": people.email(buyer)[:12]},
            {"q": order_number(site, sites[site], number)},
            {"site": site, "q": order_number(site, sites[site], number)[:7]},
            {"external_reference": f"PO-{number - number % 3}"},
            {"customer_id": people.customer_id(buyer)},
        )
    )
    told = {k: v.isoformat() if isinstance(v, datetime) else v for k, v in asked.items()}
    return f"/api/orders/v1/orders?limit=20&{urlencode(told)}"
