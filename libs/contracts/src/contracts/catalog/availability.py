"""What can be promised of a product, now and later: values that several messages hold."""

from datetime import date

from pydantic import BaseModel, ConfigDict

from contracts.values import LocationId, Sku


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Expected(_Value):
    """Units that are on their way and not promised to anyone yet.

    Attributes:
        due: The day on which they are expected, in the site's time zone.
        units: At least 1.
    """

    due: date
    units: int


class LocationAvailability(_Value):
    """What one location can promise of a product (IN-2); units, never negative.

    Attributes:
        current: What lies there, less what is allocated, reserved or kept as safety stock (IN-4).
        future: What is expected there within the site's horizon (IN-5), the earliest first.
    """

    location_id: LocationId
    code: str
    name: str
    ships: bool
    pickup: bool
    delivery: bool
    current: int
    future: tuple[Expected, ...] = ()


class Availability(_Value):
    """What one site can promise of a product.

    Attributes:
        tracked: False: always available, and the numbers below are zero (IN-7).
        backorder: What becomes of more than is available: ``refuse``, ``allow`` (with a notice) or
            ``permission`` (IN-9).
        current: Units over the locations that ship for the site (IN-2).
        future: Units expected at those locations, a day each, the earliest first.
        locations: Every location linked to the site, by code.
    """

    sku: Sku
    tracked: bool = True
    backorder: str = "refuse"
    current: int
    future: tuple[Expected, ...] = ()
    locations: tuple[LocationAvailability, ...] = ()

    @property
    def total(self) -> int:
        """Give the units that can be promised at all: current and future (ATP, IN-4)."""
        return self.current + sum(expected.units for expected in self.future)
