"""Which units of an order go back, when it is cancelled or made smaller (SU-11).

What no goods cover yet goes back before goods that lie there for the order, and of each the latest
promise first: whoever has waited longest keeps their place.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from contracts.values import LocationId, Sku, SubmissionId

from catalog.domain.errors import Short
from catalog.domain.sourcing import Hold, Key, Wanted, added_up


@dataclass(frozen=True, slots=True)
class Owned:
    """What an order has of a product at one location by one reservation.

    Attributes:
        units: All that were not given back; none are left where it is 0.
        pending: How many of them are on their way.
        backordered: How many no stock is known for.
    """

    submission_id: SubmissionId
    sku: Sku
    location_id: LocationId
    units: int
    pending: int
    backordered: int

    @property
    def key(self) -> Key:
        """Give the shelf."""
        return self.sku, self.location_id


@dataclass(frozen=True, slots=True)
class Taken:
    """Units to be taken off a line; the parts are as in ``Owned``."""

    submission_id: SubmissionId
    sku: Sku
    location_id: LocationId
    units: int
    pending: int
    backordered: int


@dataclass(frozen=True, slots=True)
class Returned:
    """A return that was done: what went back where, by SKU and location."""

    lines: tuple[Hold, ...]


@dataclass(frozen=True, slots=True)
class ReturnRefusal:
    """A return of more than the order has; ``available`` of a shortage is what it has."""

    shortages: tuple[Short, ...]


class _Part(IntEnum):
    """The parts of a line, in the order in which they go back."""

    BACKORDERED = 0
    PENDING = 1
    COVERED = 2


def plan_return(
    owned: Sequence[Owned], wanted: Collection[Wanted] | None, kept: Collection[Wanted] = ()
) -> tuple[Taken, ...] | ReturnRefusal:
    """Choose which units go back, all or none.

    Args:
        owned: What the order has or had, the latest promise first.
        wanted: What goes back; none: everything. Products that are not in ``owned`` are not
            tracked, and are passed over.
        kept: What stays where it is when units that may come from anywhere are chosen.
    """
    plan = _Plan(owned)
    if wanted is None:
        plan.take_everything()
        return plan.taken()
    known = {line.sku for line in owned}
    bound, free = added_up(line for line in wanted if line.sku in known)
    staying, _ = added_up(kept)
    short = plan.take_bound(bound) + plan.take_free(free, staying)
    if short:
        return ReturnRefusal(tuple(sorted(short, key=lambda s: (s.sku, str(s.location_id or "")))))
    return plan.taken()


class _Plan:
    """What is left of the order's lines, part by part, and what was taken from them."""

    def __init__(self, owned: Sequence[Owned]) -> None:
        self.owned = owned
        self.left = {
            (part, place): units
            for part in _Part
            for place, line in enumerate(owned)
            if (units := _units_of(line, part))
        }
        self.taken_parts = Counter[tuple[_Part, int]]()

    def take_everything(self) -> None:
        self.taken_parts.update(self.left)

    def take_bound(self, bound: Mapping[Key, int]) -> list[Short]:
        """Take what must go back to its own location."""
        return [
            Short(*key, units, units - missing)
            for key, units in bound.items()
            if (missing := self._take(units, {key: units}))
        ]

    def take_free(self, free: Mapping[Sku, int], staying: Mapping[Key, int]) -> list[Short]:
        """Take what may go back anywhere, and leave what stays at its location."""
        short: list[Short] = []
        for sku, units in free.items():
            keys = {line.key for line in self.owned if line.sku == sku}
            spare = {key: self._left_at(key) - staying.get(key, 0) for key in sorted(keys)}
            if missing := self._take(units, spare):
                short.append(Short(sku, None, units, units - missing))
        return short

    def taken(self) -> tuple[Taken, ...]:
        """Give what was taken, by line."""
        found = (
            Taken(
                line.submission_id,
                line.sku,
                line.location_id,
                units=sum(self.taken_parts[part, place] for part in _Part),
                pending=self.taken_parts[_Part.PENDING, place],
                backordered=self.taken_parts[_Part.BACKORDERED, place],
            )
            for place, line in enumerate(self.owned)
        )
        return tuple(taken for taken in found if taken.units)

    def _take(self, units: int, at_most: Mapping[Key, int]) -> int:
        """Take units of these shelves, from each no more than said; gives how many are missing."""
        spare = Counter(at_most)
        for (part, place), left in self.left.items():
            key = self.owned[place].key
            given = max(0, min(units, left, spare[key]))
            self.left[part, place] -= given
            self.taken_parts[part, place] += given
            spare[key] -= given
            units -= given
        return units

    def _left_at(self, key: Key) -> int:
        return sum(left for (_, n), left in self.left.items() if self.owned[n].key == key)


def _units_of(line: Owned, part: _Part) -> int:
    match part:
        case _Part.BACKORDERED:
            return line.backordered
        case _Part.PENDING:
            return line.pending
        case _Part.COVERED:
            return line.units - line.pending - line.backordered
