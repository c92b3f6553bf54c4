"""Customers as staff see them: those of the customer sets of their sites."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.scope import Scope
from contracts.values import CustomerId
from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, Row, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from customers.domain.phones import PhoneKind
from customers.domain.standing import Block, blocked
from customers.queries.scoped import sets_in
from customers.storage.tables import customer as customers
from customers.storage.tables import customer_set as sets


class PhoneView(BaseModel):
    """A phone; ``number`` is E.164."""

    model_config = ConfigDict(frozen=True)

    kind: PhoneKind
    number: str


class AddressView(BaseModel):
    """An address; ``region`` is the key of the state, province or county."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    name: str
    company: str | None
    lines: tuple[str, ...]
    city: str
    region: str | None
    postal_code: str | None
    country: str
    phone: str | None
    default_billing: bool
    default_shipping: bool


class CustomerLine(BaseModel):
    """A customer in a list.

    Attributes:
        customer_set: The set's code.
        blocked: Why no order may be taken for them (CU-7); none when one may.
    """

    model_config = ConfigDict(frozen=True)

    id: CustomerId
    number: str
    customer_set: str
    first_name: str
    last_name: str
    email: str | None
    company: str | None
    external_reference: str | None
    is_staff: bool
    disabled: bool
    blocked: Block | None
    created_at: datetime

    @classmethod
    def of(cls, row: Row[Any]) -> "CustomerLine":
        """Read a line from a customer's row with the set's ``code``."""
        return CustomerLine(**_line(row))


class CustomerView(CustomerLine):
    """All about a customer. There is no password anywhere (CU-8)."""

    version: int
    phones: tuple[PhoneView, ...]
    addresses: tuple[AddressView, ...]


async def customer(
    scope: Scope, session: AsyncSession, customer_id: CustomerId
) -> CustomerView | None:
    """Give a customer; none when unknown, or when their set has no site in scope."""
    query = select(customers, sets.c.code).join_from(customers, sets)
    query = query.where(customers.c.customer_id == customer_id, *_seen(scope))
    row: Row[Any] | None = (await session.execute(query)).one_or_none()
    if row is None:
        return None
    return CustomerView(
        **_line(row), version=row.version, phones=row.phones, addresses=row.addresses
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which customers are looked for.

    Attributes:
        of_set: Only of this set, which the caller was found to see; none: of all in scope.
        prefix: Only who has a term that starts so, as ``domain.search.prefix_of`` gives it.
        external_reference: Only who has it.
    """

    of_set: UUID | None = None
    prefix: str = ""
    external_reference: str | None = None


async def list_customers(
    scope: Scope, session: AsyncSession, wanted: Wanted, *, after: UUID | None, limit: int
) -> Sequence[CustomerLine]:
    """List customers, the newest first: at most ``limit``, those older than ``after``.

    The prefix is not looked at; ``search_customers`` does.
    """
    chosen = chosen_sets(scope, wanted.of_set).subquery("chosen")
    # Each set's newest are taken by themselves, in the order of its index.
    newest = (
        select(customers)
        .where(customers.c.customer_set_id == chosen.c.customer_set_id)
        .order_by(customers.c.customer_id.desc())
        .limit(limit)
    )
    if after is not None:
        newest = newest.where(customers.c.customer_id < after)
    if wanted.external_reference is not None:
        newest = newest.where(customers.c.external_reference == wanted.external_reference)
    found = newest.lateral("found")
    query = (
        select(found, sets.c.code)
        .select_from(chosen)
        .join(sets, sets.c.customer_set_id == chosen.c.customer_set_id)
        .join(found, sets.c.customer_set_id == found.c.customer_set_id)
        .order_by(found.c.customer_id.desc())
        .limit(limit)
    )
    return [CustomerLine.of(row) for row in await session.execute(query)]


def chosen_sets(scope: Scope, of_set: UUID | None) -> Select[UUID]:
    """Select one customer set, or all in scope."""
    if of_set is None:
        return sets_in(scope)
    return select(sets.c.customer_set_id).where(sets.c.customer_set_id == of_set)


def _seen(scope: Scope) -> Sequence[ColumnElement[bool]]:
    return () if scope.sites is None else (customers.c.customer_set_id.in_(sets_in(scope)),)


def _line(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.customer_id,
        "number": row.number,
        "customer_set": row.code,
        "first_name": row.first_name,
        "last_name": row.last_name,
        "email": row.email,
        "company": row.company,
        "external_reference": row.external_reference,
        "is_staff": row.is_staff,
        "disabled": row.disabled,
        "blocked": blocked(is_staff=row.is_staff, disabled=row.disabled, complete=row.complete),
        "created_at": row.created_at,
    }
