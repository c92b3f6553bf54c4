"""What stock promises, on paper: a model that shares no code with the service."""

from dataclasses import dataclass, field

Place = tuple[int, int]
"""A product's number and a location's."""
Line = tuple[int, int, int | None]
"""Product, units, and the location they must come from; locations ship in order of number."""


@dataclass
class Level:
    on_hand: int = 0
    reserved: int = 0
    allocated: int = 0

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved - self.allocated


@dataclass
class Model:
    """Stock of ``products`` x ``places``; the last place does not ship."""

    products: int
    places: int
    levels: dict[Place, Level] = field(default_factory=dict[Place, Level])
    state: dict[int, str] = field(default_factory=dict[int, str])
    held: dict[int, dict[Place, int]] = field(default_factory=dict[int, dict[Place, int]])

    def __post_init__(self) -> None:
        for product in range(self.products):
            for place in range(self.places):
                self.levels[product, place] = Level()

    def reserve(self, submission: int, lines: list[Line]) -> str:
        match self.state.get(submission):
            case "released":
                return "RELEASED"
            case "refused":
                return "OUT_OF_STOCK"
            case "held" | "allocated":
                return "held"
            case _:
                taken = self._take(lines)
        self.state[submission] = "refused" if taken is None else "held"
        self.held[submission] = taken or {}
        for place, units in self.held[submission].items():
            self.levels[place].reserved += units
        return "OUT_OF_STOCK" if taken is None else "held"

    def _take(self, lines: list[Line]) -> dict[Place, int] | None:
        """Take unit after unit, those bound to a place first."""
        taken = dict.fromkeys(self.levels, 0)
        for product, units, bound in sorted(lines, key=lambda line: line[2] is None):
            choice = range(self.places - 1) if bound is None else (bound,)
            for _ in range(units):
                free = (p for p in choice if taken[product, p] < self.levels[product, p].available)
                if (place := next(free, None)) is None:
                    return None
                taken[product, place] += 1
        return {place: units for place, units in taken.items() if units}

    def release(self, submission: int) -> bool:
        state = self.state.get(submission)
        if state == "allocated":
            return False
        if state == "held":
            for place, units in self.held[submission].items():
                self.levels[place].reserved -= units
        self.state[submission] = "released"
        return True

    def allocate(self, submission: int) -> bool:
        state = self.state.get(submission)
        if state == "held":
            for place, units in self.held[submission].items():
                self.levels[place].reserved -= units
                self.levels[place].allocated += units
            self.state[submission] = "allocated"
        return state in {"held", "allocated"}

    def adjust(self, place: int, changes: dict[int, int]) -> bool:
        if any(self.levels[p, place].available + change < 0 for p, change in changes.items()):
            return False
        for product, change in changes.items():
            self.levels[product, place].on_hand += change
        return True
