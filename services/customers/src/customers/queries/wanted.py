"""Which customers a list or a search holds.

Statements are put together once for each shape, the filters without their values: putting one
together anew costs more than running it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from chassis.scope import Scope
from sqlalchemy import BigInteger, ColumnElement, Select, Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

from customers.storage.tables import customer as customers
from customers.storage.tables import customer_set as sets
from customers.storage.tables import site as sites

UUIDS: TypeEngine[Any] = ARRAY(Uuid)
SHAPES = 256
"""Statements of one kind that are kept; more than there are combinations in use."""
LINE = tuple(
    customers.c[name]
    for name in (
        *("customer_id", "number", "first_name", "last_name", "email", "company"),
        *("external_reference", "level", "is_staff", "is_registered", "disabled", "complete"),
        *("erased_at", "created_at"),
    )
)
"""Columns that a line of a list is made of; the others are documents that would be read for it."""
LIMIT = bindparam("limit", type_=BigInteger())
"""Customers at most."""

_SOME_SET = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which customers are looked for; of those filters that are none, all.

    Attributes:
        of_set: Only of this set, which the caller was found to see; none: of all in scope.
        external_reference: Only who has it.
        level: Code of a level.
    """

    of_set: UUID | None = None
    external_reference: str | None = None
    level: str | None = None
    registered: bool | None = None
    disabled: bool | None = None

    @property
    def conditions(self) -> Sequence[ColumnElement[bool]]:
        """Give the filters, with parameters; each that few customers pass has an index."""
        wanted: list[ColumnElement[bool]] = []
        if self.external_reference is not None:
            wanted.append(customers.c.external_reference == bindparam("external_reference"))
        if self.level is not None:
            wanted.append(customers.c.level == bindparam("level"))
        for column, value in (
            (customers.c.is_registered, self.registered),
            (customers.c.disabled, self.disabled),
        ):
            if value is not None:
                wanted.append(column if value else ~column)
        return wanted


@dataclass(frozen=True, slots=True)
class Shape:
    """What decides how a statement is written; two wishes of one shape differ in values only.

    Attributes:
        wanted: With the place of each value taken by an empty one.
        everywhere: The caller sees every site.
    """

    wanted: Wanted
    everywhere: bool

    @classmethod
    def of(cls, scope: Scope, wanted: Wanted) -> "Shape":
        """Give the shape of what a caller wants."""
        blank = replace(
            wanted,
            of_set=wanted.of_set and _SOME_SET,
            external_reference=None if wanted.external_reference is None else "",
            level=None if wanted.level is None else "",
        )
        return cls(blank, scope.sites is None)

    @property
    def chosen_sets(self) -> Select[UUID]:
        """Select one customer set, or all in scope."""
        if self.wanted.of_set is not None:
            return select(sets.c.customer_set_id).where(
                sets.c.customer_set_id == bindparam("of_set", type_=Uuid())
            )
        if self.everywhere:
            return select(sets.c.customer_set_id)
        in_scope = sites.c.site_id == any_(bindparam("sites", type_=UUIDS))
        return select(sites.c.customer_set_id).where(in_scope).distinct()


def values_of(scope: Scope, wanted: Wanted) -> Mapping[str, Any]:
    """Give the parameters that statements of the shape may have."""
    return {
        "of_set": wanted.of_set,
        "sites": sorted(scope.sites or ()),
        "external_reference": wanted.external_reference,
        "level": wanted.level,
    }
