"""Which location a reservation takes its units from, and from which stock (IN-4, IN-10).

Goods on hand are taken before goods on their way, and these before a backorder. Units that are
bound to a location (pickup, delivery) come from there or not at all; the others from locations that
ship: the lowest priority number first, among equals the fewest parcels, ties by code.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from contracts.values import LocationId, Sku

from catalog.domain.errors import NotEnoughStock, Short

Key = tuple[Sku, LocationId]


@dataclass(frozen=True, slots=True)
class Shelf:
    """A product at one location that serves the site.

    Attributes:
        available: Units on hand that can still be promised; never negative.
        future: Units on their way that can be promised; never negative.
        priority: The lowest ships first; then the lowest code.
    """

    sku: Sku
    location_id: LocationId
    code: str
    ships: bool
    priority: int
    available: int
    future: int = 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """Units of a product that one order line asks for.

    Attributes:
        units: At least 1.
        location_id: Where they must come from; none for any location that ships.

    Raises:
        ValueError: The number of units is below 1.
    """

    sku: Sku
    units: int
    location_id: LocationId | None = None

    def __post_init__(self) -> None:
        if self.units < 1:
            raise ValueError(f"{self.units} units of {self.sku} cannot be held")


@dataclass(frozen=True, slots=True)
class Hold:
    """Units of a product taken from one location.

    Attributes:
        units: All of them, at least 1.
        pending: How many of them are on their way.
        backordered: How many no stock is known for.
    """

    sku: Sku
    location_id: LocationId
    units: int
    pending: int = 0
    backordered: int = 0

    @property
    def covered(self) -> int:
        """Give the units that goods on hand cover."""
        return self.units - self.pending - self.backordered


@dataclass(frozen=True, slots=True)
class Rules:
    """What the site permits.

    Attributes:
        split: What ships may come from several locations.
        backorder: Products of which more may be taken than there is.
    """

    split: bool = True
    backorder: Collection[Sku] = ()


def plan_holds(
    wanted: Iterable[Wanted], shelves: Collection[Shelf], rules: Rules | None = None
) -> tuple[Hold, ...]:
    """Choose where every line comes from, or none.

    Lines for the same product are added up first, so the order of lines does not matter. A shelf
    must be given, if only an empty one, for each place where a backorder may stand.

    Returns:
        One hold per product and location, in that order.

    Raises:
        NotEnoughStock: At least one product is short.
    """
    bound, free = added_up(wanted)
    rules = rules or Rules()
    plan = _Plan(shelves, rules)
    short = plan.take_bound(bound)
    short += plan.take_split(free) if rules.split else plan.take_together(free)
    if short:
        raise NotEnoughStock(sorted(short, key=lambda s: (s.sku, str(s.location_id or ""))))
    return plan.holds()


class _Plan:
    """What is left on the shelves, and what was taken from them."""

    def __init__(self, shelves: Collection[Shelf], rules: Rules) -> None:
        self.rules = rules
        self.current = {(s.sku, s.location_id): s.available for s in shelves}
        self.future = {(s.sku, s.location_id): s.future for s in shelves}
        self.taken = Counter[Key]()
        self.pending = Counter[Key]()
        self.backordered = Counter[Key]()
        shipping = {(s.priority, s.code, s.location_id) for s in shelves if s.ships}
        self.shipping = sorted(shipping, key=lambda place: place[:2])

    def holds(self) -> tuple[Hold, ...]:
        keys = sorted({*self.taken, *self.pending, *self.backordered})
        return tuple(
            Hold(
                *key,
                self.taken[key] + self.pending[key] + self.backordered[key],
                self.pending[key],
                self.backordered[key],
            )
            for key in keys
        )

    def take_bound(self, bound: Mapping[Key, int]) -> list[Short]:
        short: list[Short] = []
        for key, units in bound.items():
            available = self._total(key)
            known = key in self.current
            if units > available and not (known and key[0] in self.rules.backorder):
                short.append(Short(*key, units, available))
            else:
                self._take_at(key, units)
        return short

    def take_split(self, free: Counter[Sku]) -> list[Short]:
        """Take what ships from as many locations as it needs."""
        short: list[Short] = []
        for sku, units in free.items():
            keys = [key for *_, place in self.shipping if (key := (sku, place)) in self.current]
            available = sum(self._total(key) for key in keys)
            if units > available and not (keys and sku in self.rules.backorder):
                short.append(Short(sku, None, units, available))
        if not short:
            rest = Counter(free)
            self._spread(rest, self.current, self.taken)
            self._spread(rest, self.future, self.pending)
            for sku, units in rest.items():
                self.backordered[self._first(sku)] += units
        return short

    def take_together(self, free: Mapping[Sku, int]) -> list[Short]:
        """Take all that ships from one location: goods on hand first, then by priority."""
        if not free:
            return []
        places = [place for *_, place in self.shipping]
        for able in (self._has_now, self._has_then, self._may_owe):
            for place in places:
                if all(able((sku, place), units) for sku, units in free.items()):
                    for sku, units in free.items():
                        self._take_at((sku, place), units)
                    return []
        return self._short_at_best(free, places)

    def _short_at_best(self, free: Mapping[Sku, int], places: Sequence[LocationId]) -> list[Short]:
        """Say what the location lacks that could give the most products, and then units."""

        def lacking(place: LocationId) -> list[Short]:
            there = {sku: self._total((sku, place)) for sku in free}
            return [Short(s, None, n, there[s]) for s, n in free.items() if there[s] < n]

        if not places:
            return [Short(sku, None, units, 0) for sku, units in free.items()]

        def most(short: Sequence[Short]) -> tuple[int, int]:
            return len(short), sum(one.wanted - one.available for one in short)

        return min(map(lacking, places), key=most)

    def _spread(self, rest: Counter[Sku], stock: dict[Key, int], into: Counter[Key]) -> None:
        for _, group in groupby(self.shipping, key=lambda place: place[0]):
            places = [place for *_, place in group]
            used = self._take_whole(rest, stock, into, places)
            self._take_parts(rest, stock, into, places, used)

    def _take_whole(
        self,
        rest: Counter[Sku],
        stock: dict[Key, int],
        into: Counter[Key],
        places: Sequence[LocationId],
    ) -> set[LocationId]:
        """Let the location that has most of the products in full give these, and so on."""
        left, used = list(places), set[LocationId]()
        while rest and left:

            def whole(place: LocationId) -> list[Sku]:
                return [sku for sku, units in rest.items() if stock.get((sku, place), 0) >= units]

            best = max(left, key=lambda place: len(whole(place)))
            if not (given := whole(best)):
                break
            for sku in given:
                _move(stock, into, (sku, best), rest.pop(sku))
            left.remove(best)
            used.add(best)
        return used

    def _take_parts(
        self,
        rest: Counter[Sku],
        stock: dict[Key, int],
        into: Counter[Key],
        places: Sequence[LocationId],
        used: set[LocationId],
    ) -> None:
        """Put what no location has in full together, from those that send a parcel anyway first."""
        for sku in sorted(rest):
            has = {place: stock.get((sku, place), 0) for place in places}
            for place in sorted(places, key=lambda p: (p not in used, -has[p], places.index(p))):
                if part := min(rest[sku], has[place]):
                    _move(stock, into, (sku, place), part)
                    rest[sku] -= part
                    used.add(place)
            if not rest[sku]:
                del rest[sku]

    def _take_at(self, key: Key, units: int) -> None:
        now = min(units, self.current.get(key, 0))
        then = min(units - now, self.future.get(key, 0))
        _move(self.current, self.taken, key, now)
        _move(self.future, self.pending, key, then)
        if owed := units - now - then:
            self.backordered[key] += owed

    def _first(self, sku: Sku) -> Key:
        return next(key for *_, place in self.shipping if (key := (sku, place)) in self.current)

    def _total(self, key: Key) -> int:
        return self.current.get(key, 0) + self.future.get(key, 0)

    def _has_now(self, key: Key, units: int) -> bool:
        return self.current.get(key, 0) >= units

    def _has_then(self, key: Key, units: int) -> bool:
        return self._total(key) >= units

    def _may_owe(self, key: Key, units: int) -> bool:
        owed = key in self.current and key[0] in self.rules.backorder
        return owed or self._total(key) >= units


def _move(stock: dict[Key, int], into: Counter[Key], key: Key, units: int) -> None:
    if units:
        stock[key] -= units
        into[key] += units


def added_up(wanted: Iterable[Wanted]) -> tuple[Counter[Key], Counter[Sku]]:
    """Add lines up, by product: those bound to a location, and those that are not."""
    bound, free = Counter[Key](), Counter[Sku]()
    for line in sorted(wanted, key=lambda line: line.sku):
        if line.location_id is None:
            free[line.sku] += line.units
        else:
            bound[line.sku, line.location_id] += line.units
    return bound, free
