"""Why the catalog says no.

CatalogError
    UnknownSites        a refusal: some sites are not known here, or not this person's
    Unfit               a refusal: some fields of a request cannot stand
    NotYours            a refusal: it belongs to sites of others only
    Shared              a refusal: it belongs to sites of others too
    UnknownProducts     a refusal
    UnknownLocation     a refusal
    NotEnoughStock      a refusal: the caller may choose otherwise
    NotStorable         a refusal: the database cannot take it, for a reason that no rule foresees
    BelowCommitted      a refusal: stock cannot sink below what is promised
    StaleVersion        a refusal: someone else was faster
    WrongState          a fault: a reservation was asked for what its state forbids
    StockMiscounted     a fault: our own books are wrong
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from contracts.values import LocationId, Sku, SubmissionId


class CatalogError(Exception):
    """Base of what this service's rules raise."""


class NotStorable(CatalogError):
    """The database cannot take it, and what it is kept beside can be taken.

    Attributes:
        code: Why, as an upper-case name that programs can rely on.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class UnknownSites(CatalogError):
    """Some sites are not known here, or out of the caller's scope.

    Attributes:
        codes: Their codes, in ascending order; never empty.
    """

    def __init__(self, codes: Collection[str]) -> None:
        super().__init__(f"unknown site: {', '.join(sorted(codes))}")
        self.codes = tuple(sorted(codes))


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field of a request.

    Attributes:
        pointer: JSON pointer into the request's body.
        code: Why, as an upper-case name that programs can rely on.
        detail: Why, as a sentence for people.
    """

    pointer: str
    code: str
    detail: str


class Unfit(CatalogError):
    """Some fields of a request cannot stand.

    Attributes:
        faults: In the order of the request; never empty.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(fault.detail for fault in faults))
        self.faults = tuple(faults)


class NotYours(CatalogError):
    """It belongs only to sites that the caller does not see: to them it is not there."""


class Shared(CatalogError):
    """It belongs to sites of others too: only who sees all of them changes what holds on each.

    Attributes:
        code: ``PRODUCT_SHARED``, ``LOCATION_SHARED`` or ``PROMOTION_SHARED``.
    """

    def __init__(self, what: str, named: str) -> None:
        super().__init__(
            f"{named} belongs to sites of others too; what holds on each of them is changed only "
            "by who works on all"
        )
        self.code = f"{what.upper()}_SHARED"


class UnknownProducts(CatalogError):
    """Some SKUs are of no product.

    Attributes:
        skus: In ascending order; never empty.
    """

    def __init__(self, skus: Collection[Sku]) -> None:
        super().__init__(f"unknown product: {', '.join(sorted(skus))}")
        self.skus = tuple(sorted(skus))


class UnknownLocation(CatalogError):
    """No such location, or not one of the caller's.

    Attributes:
        code: As the caller named it.
    """

    def __init__(self, code: str) -> None:
        super().__init__(f"unknown location: {code}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Short:
    """What a reservation lacks.

    Attributes:
        location_id: Where the units must come from; none for any location that ships.
        wanted: Units asked for.
        available: Units that could be held; fewer than ``wanted``.
    """

    sku: Sku
    location_id: LocationId | None
    wanted: int
    available: int


class NotEnoughStock(CatalogError):
    """Not every line of a reservation can be met, so none is.

    Attributes:
        shortages: In order of SKU; never empty.
    """

    def __init__(self, shortages: Sequence[Short]) -> None:
        short = ", ".join(f"{s.sku} ({s.available} of {s.wanted})" for s in shortages)
        super().__init__(f"not enough stock: {short}")
        self.shortages = tuple(shortages)


class BelowCommitted(CatalogError):
    """An adjustment would leave less stock than is reserved and allocated.

    Attributes:
        committed: Per SKU, the units that must stay.
    """

    def __init__(self, committed: dict[Sku, int]) -> None:
        super().__init__(f"less than what is promised: {', '.join(sorted(committed))}")
        self.committed = committed


class StaleVersion(CatalogError):
    """The caller changed a version that is no longer the current one.

    Attributes:
        current: The state as it is; none when there is no such thing.
    """

    def __init__(self, current: object | None) -> None:
        super().__init__("changed by someone else since it was read")
        self.current = current


class WrongState(CatalogError):
    """A reservation is not in a state that permits what was asked.

    Attributes:
        state: The state it is in; none when there is no reservation.
    """

    def __init__(self, submission_id: SubmissionId, state: str | None, *, asked: str) -> None:
        super().__init__(f"submission {submission_id} is {state or 'unknown'}, cannot be {asked}")
        self.submission_id = submission_id
        self.state = state


class StockMiscounted(CatalogError):
    """Locked stock did not move as planned: the ledger and the plan disagree."""
