"""Tax and duty: which rates apply where, and what they come to (TO-1).

The rule: each rate is computed for each line on what the line costs after discounts and
adjustments, and rounded there, a half away from zero; the order's tax is the sum. On a site whose
prices include tax, a rate's part of a line is ``amount * rate / (1 + all the line's tax rates)``,
and nothing is added to the total. Duty is never included. Rates of a country and of its region add
up.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from orders.domain.amounts import half_up

STANDARD = "standard"
"""The tax category of what has none of its own; shipping and handling are taxed by it."""
_MILLION = 1_000_000


class Levy(StrEnum):
    """What a rate is of; a tax-exempt customer still pays duty."""

    TAX = "tax"
    DUTY = "duty"


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate in the place where the order goes.

    Attributes:
        category: The tax category of the lines that it is for.
        ppm: Parts per million: 20 % is 200,000.
        on_shipping: It is for shipping and handling too; of the standard category only.
    """

    category: str
    name: str
    ppm: int
    on_shipping: bool = False
    levy: Levy = Levy.TAX


@dataclass(frozen=True, slots=True)
class RateEntry:
    """A rate in a site's table.

    Attributes:
        region: As it stands in addresses, in any case of letters; none: the whole country.
    """

    country: str
    rate: Rate
    region: str | None = None

    def applies(self, country: str, region: str | None) -> bool:
        """Tell whether it is for this place."""
        if self.country != country:
            return False
        return self.region is None or self.region.casefold() == (region or "").strip().casefold()


@dataclass(frozen=True, slots=True)
class TaxTerms:
    """How an order is taxed.

    Attributes:
        inclusive: The site's prices include tax.
        degraded: The site wants an outside provider's rates, and these are of its own table.
    """

    rates: tuple[Rate, ...] = ()
    inclusive: bool = False
    degraded: bool = False


UNTAXED = TaxTerms()
"""Of a site without rates."""


@dataclass(frozen=True, slots=True)
class TaxPlace:
    """Where an order is taxed, as exactly as it is known."""

    country: str
    region: str | None = None
    city: str | None = None
    postal_code: str | None = None


@dataclass(frozen=True, slots=True)
class ToldRates:
    """What an outside provider said of a place; none of ``rates``: it gave no answer."""

    place: TaxPlace
    rates: tuple[Rate, ...] | None = None


class TaxProvider(Protocol):
    """Knows the rates of places; outside of this system."""

    async def rates(self, place: TaxPlace) -> Sequence[Rate] | None:
        """Give the rates of a place; none when there is no answer in time, or none of use."""
        ...


@dataclass(frozen=True, slots=True)
class Levied:
    """What one rate comes to, in minor units."""

    rate: Rate
    amount: int


def rates_for(
    table: Iterable[RateEntry], country: str, region: str | None, *, exempt: bool
) -> tuple[Rate, ...]:
    """Give the rates of a place, in the table's order; an exempt customer's are the duties."""
    here = (entry.rate for entry in table if entry.applies(country, region))
    return levied_from(here, exempt=exempt)


def levied_from(rates: Iterable[Rate], *, exempt: bool) -> tuple[Rate, ...]:
    """Give those of a place's rates that a customer pays."""
    return tuple(rate for rate in rates if not (exempt and rate.levy is Levy.TAX))


def levied(terms: TaxTerms, category: str, amount: int) -> list[Levied]:
    """Give what is levied on goods of a category that cost ``amount``."""
    return _on([rate for rate in terms.rates if rate.category == category], amount, terms)


def levied_on_shipping(terms: TaxTerms, amount: int) -> list[Levied]:
    """Give what is levied on shipping or handling that costs ``amount``."""
    wanted = [rate for rate in terms.rates if rate.on_shipping and rate.category == STANDARD]
    return _on(wanted, amount, terms)


def _on(rates: list[Rate], amount: int, terms: TaxTerms) -> list[Levied]:
    taxes = sum(rate.ppm for rate in rates if rate.levy is Levy.TAX)
    within = _MILLION + taxes if terms.inclusive else _MILLION
    return [
        Levied(rate, half_up(amount * rate.ppm, within if rate.levy is Levy.TAX else _MILLION))
        for rate in rates
        if rate.ppm
    ]
