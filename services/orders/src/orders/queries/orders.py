"""Orders, one or many, as staff see them: only those of their sites."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from chassis.scope import Scope
from chassis.text_search import beginning
from contracts.values import CustomerId, Money, OrderId, SiteId, StaffId
from messaging.direct import Direct, On, Row
from sqlalchemy import Uuid, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from orders.domain.numbers import understood
from orders.domain.order import Order, State
from orders.domain.reasons import Why
from orders.queries.scoped import within
from orders.queries.viewing import View
from orders.queries.views import CustomerView, OrderView
from orders.storage.documents import COLUMNS, WITH_SITE, order_of
from orders.storage.list_statements import FILTERS, FURTHER, SHAPES, Shape, statement, word_name
from orders.storage.tables import order_changes, orders


class ListedOrder(View):
    """An order in a list.

    Attributes:
        submitted_at: A cancelled order that has it was submitted before.
        revisions: How often it was revised since.
        cancel_reason: Why it is, or is being, cancelled.
        giving_back: It is cancelled, and its goods or money are still on their way back.
        submitted_by: Who handed it in, or tried to last.
        ships_to: Country of the shipping address.
        payment_methods: Of its payments, each once.
    """

    id: OrderId
    number: str
    site: str
    state: State
    version: int
    customer: CustomerView | None
    external_reference: str | None
    total: Money
    created_at: datetime
    updated_at: datetime
    submitted_at: datetime | None
    revisions: int
    cancel_reason: Why | None
    giving_back: bool
    submitted_by: StaffId | None
    ships_to: str | None
    payment_methods: Sequence[str]


class ChangeView(View):
    """An entry in an order's audit (SC-2).

    Attributes:
        version: Of the order after the change.
        before: Only what differs; so ``after``.
    """

    id: int
    at: datetime
    version: int
    staff_id: StaffId
    customer_id: CustomerId | None
    action: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSearch:
    """Which orders are wanted; none of a part leaves it open.

    Attributes:
        site: Its code.
        text: An order number, or the first letters of words of number, customer name or external
            reference, or of the e-mail.
        begun_from: Begun at this instant or later; ``begun_until``: before that one.
        revised: Since it was submitted, at least once; false: never.
        cancel_reason: Why it is, or is being, cancelled.
        revision_reason: Why it was revised, the last time or before.
        before: Orders made before this one; the newest come first.
    """

    site: str | None = None
    state: State | None = None
    text: str = ""
    external_reference: str | None = None
    customer_id: CustomerId | None = None
    begun_from: datetime | None = None
    begun_until: datetime | None = None
    revised: bool | None = None
    cancel_reason: Why | None = None
    revision_reason: Why | None = None
    before: UUID | None = None
    limit: int = 50


_BY_ID = (
    select(*COLUMNS).select_from(WITH_SITE).where(orders.c.id == bindparam("wanted", type_=Uuid))
)
"""Written once: every edit asks for it, and putting it together costs more than running it."""


async def order(scope: Scope, session: AsyncSession, order_id: OrderId) -> OrderView | None:
    """Give an order; none when it is unknown or of a site out of scope."""
    found = await whole_order(scope, session, order_id)
    return None if found is None else OrderView.of(found)


async def known_references(
    scope: Scope, session: AsyncSession, site_id: SiteId, references: Collection[str]
) -> frozenset[str]:
    """Tell which of these external references a site's orders have already."""
    query = select(orders.c.external_reference).where(
        orders.c.site_id == site_id,
        within(scope, orders.c.site_id),
        orders.c.external_reference.in_(references),
    )
    return frozenset(name for name in (await session.scalars(query)).all() if name is not None)


async def whole_order(scope: Scope, session: AsyncSession, order_id: OrderId) -> Order | None:
    """Give an order as the domain knows it; none when it is unknown or out of scope."""
    row = (await session.execute(_BY_ID, {"wanted": order_id})).first()
    return order_of(row) if row is not None and scope.sees(row.site_id) else None


async def find_orders(scope: Scope, on: On, search: OrderSearch) -> Sequence[ListedOrder]:
    """Find orders, the newest first; those of an unknown site are none."""
    values = _values_of(search)
    sites = None if scope.sites is None else sorted(scope.sites)
    if search.site is not None:
        values |= {"site": search.site, "seen": sites}
        sites = None
    elif sites is not None:
        values |= {"site_id": sites[0]} if len(sites) == 1 else {"sites": sites}
    words = [] if "number" in values else search.text.lower().split()
    shape = Shape("sites" not in values, frozenset(values.keys() & set(FILTERS)), len(words))
    values |= {word_name(place): _pattern(word) for place, word in enumerate(words)}
    values["all_words"] = " & ".join(map(beginning, words))
    values["further"] = FURTHER // max(1, len(sites or ()))
    rows = await _direct(shape).rows(on, {**values, "limit": search.limit})
    return [_listed(row) for row in rows]


@lru_cache(SHAPES)
def _direct(shape: Shape) -> Direct:
    return Direct(statement(shape))


def _values_of(search: OrderSearch) -> dict[str, Any]:
    """Give the parameters of the filters, by name."""
    begun_from, begun_until = search.begun_from, search.begun_until
    values: dict[str, Any] = {
        "state": search.state and search.state.value,
        "number": understood(search.text),
        "external_reference": search.external_reference,
        "customer_id": search.customer_id,
        "revised": search.revised or None,
        "not_revised": search.revised is False or None,
        "cancel_reason": search.cancel_reason and search.cancel_reason.value,
        "revision_reason": search.revision_reason and search.revision_reason.value,
        "from_id": begun_from and _first_id_at(begun_from),
        "until_id": begun_until and _first_id_at(begun_until),
        "before": search.before,
    }
    return {name: value for name, value in values.items() if value is not None}


def _first_id_at(at: datetime) -> UUID:
    """Give the least id that an order begun at ``at`` can have: ids begin with their time."""
    milliseconds = min(max(int(at.timestamp() * 1000), 0), 2**48 - 1)
    return UUID(int=milliseconds << 80)


def _pattern(word: str) -> str:
    """Give the pattern of texts with a word that begins so."""
    escaped = re.sub(r"([\\%_])", r"\\\1", word)
    return f"% {escaped}%"


def _listed(row: Row) -> ListedOrder:
    customer = None
    if row.customer_id is not None:
        customer = CustomerView(id=row.customer_id, name=row.customer_name)
    return ListedOrder(
        id=row.id,
        number=row.number,
        site=row.code,
        state=State(row.state),
        version=row.version,
        customer=customer,
        external_reference=row.external_reference,
        total=Money(row.total_minor, row.currency),
        created_at=row.created_at,
        updated_at=row.updated_at,
        submitted_at=row.submitted_at,
        revisions=row.revisions,
        cancel_reason=Why(row.cancel_reason) if row.cancel_reason else None,
        giving_back=row.giving_back,
        submitted_by=row.submitted_by,
        ships_to=row.ships_to,
        payment_methods=row.payment_methods or (),
    )


async def changes_of(
    scope: Scope, session: AsyncSession, order_id: OrderId, *, after: int, limit: int
) -> Sequence[ChangeView]:
    """List what was changed on an order, the oldest first."""
    query = (
        select(*(order_changes.c[name] for name in ChangeView.model_fields))
        .join(orders, orders.c.id == order_changes.c.order_id)
        .where(order_changes.c.order_id == order_id, order_changes.c.id > after)
        .where(within(scope, orders.c.site_id))
        .order_by(order_changes.c.id)
        .limit(limit)
    )
    rows = await session.execute(query)
    return [ChangeView.model_validate(row, from_attributes=True) for row in rows]
