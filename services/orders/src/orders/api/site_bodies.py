"""What requests about a site's decisions hold."""

from collections.abc import Sequence
from typing import Annotated, Self

from chassis.http import Body
from pydantic import Field, StrictBool, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from orders.api.fields import Amount, Country, SiteCode, Text200
from orders.domain.errors import Fault, NotAcceptable
from orders.domain.site_terms import (
    MAX_RATES,
    Basis,
    Capture,
    PartialStock,
    Policy,
    ShippingMethod,
    TaxSource,
    Tier,
)
from orders.domain.taxes import STANDARD, Levy, Rate, RateEntry

Countries = Annotated[tuple[Country, ...], Field(max_length=250)]
PublishableKey = Annotated[str, StringConstraints(pattern=r"^pk_[A-Za-z0-9_]{4,250}$")]
"""Of Stripe's keys the one that a page may hold; a secret key does not fit."""
Days30 = Annotated[int, Field(strict=True, ge=0, le=30 * 24 * 60)]


class PolicyBody(Body):
    """A site's policy; see the views for what each part means."""

    hold_minutes: Days30 = 0
    partial_stock: PartialStock = PartialStock.REFUSE
    capture: Capture = Capture.AT_SUBMISSION
    tax_inclusive: StrictBool = False
    shipping_countries: Countries | None = None
    link_hours: Annotated[int, Field(strict=True, ge=1, le=30 * 24)] = 72
    tax_source: TaxSource = TaxSource.TABLE
    stripe_key: PublishableKey | None = None

    @property
    def policy(self) -> Policy:
        """Give the policy as the domain knows it."""
        return Policy(**self.model_dump())


class TierBody(Body):
    """A price up to and including ``up_to`` grams or minor units; null: whatever is above."""

    up_to: Annotated[int, Field(strict=True, ge=0, lt=2**63)] | None = None
    cost: Amount


class MethodBody(Body):
    """A shipping method: either ``flat``, or ``basis`` with ``tiers`` in rising order."""

    name: Text200
    flat: Amount | None = None
    basis: Basis | None = None
    tiers: Annotated[tuple[TierBody, ...], Field(max_length=100)] = ()
    free_over: Amount | None = None
    countries: Countries | None = None
    handling: Amount | None = None
    active: StrictBool = True
    position: Annotated[int, Field(strict=True, ge=0, le=1_000_000)] = 0

    @model_validator(mode="after")
    def _has_one_price(self) -> Self:
        tiered = self.basis is not None and bool(self.tiers)
        if (self.flat is not None) == tiered or (self.basis is None) == bool(self.tiers):
            raise PydanticCustomError("flat_or_tiers", "give either flat, or basis and tiers")
        tops = [tier.up_to for tier in self.tiers]
        bounded = [top for top in tops if top is not None]
        rising = bounded == sorted(set(bounded))
        if not rising or None in tops[:-1]:
            message = "tiers rise in up_to, and only the last may be without"
            raise PydanticCustomError("tiers_not_rising", message)
        return self

    def method(self, code: str, currency: str) -> ShippingMethod:
        """Give the method as the domain knows it.

        Raises:
            NotAcceptable: An amount is negative or not in the site's currency.
        """
        amounts = {"/flat": self.flat, "/free_over": self.free_over, "/handling": self.handling}
        amounts |= {f"/tiers/{n}/cost": tier.cost for n, tier in enumerate(self.tiers)}
        if wrong := [
            fault
            for at, amount in amounts.items()
            if amount is not None
            for fault in _faults(at, amount, currency)
        ]:
            raise NotAcceptable(wrong)
        return ShippingMethod(
            code=code,
            name=self.name,
            flat=self.flat.minor if self.flat else None,
            basis=self.basis,
            tiers=tuple(Tier(tier.up_to, tier.cost.minor) for tier in self.tiers),
            free_over=self.free_over.minor if self.free_over else None,
            countries=self.countries,
            handling=self.handling.minor if self.handling else 0,
            active=self.active,
            position=self.position,
        )


def _faults(at: str, amount: Amount, currency: str) -> Sequence[Fault]:
    if amount.currency != currency:
        detail = f"the site's currency is {currency}, not {amount.currency}"
        return [Fault(f"{at}/currency", "CURRENCY_MISMATCH", detail)]
    if amount.minor < 0:
        detail = "it cannot be less than nothing"
        return [Fault(f"{at}/minor", "AMOUNT_OUT_OF_RANGE", detail)]
    return []


class RateBody(Body):
    """A rate of tax or duty; ``ppm`` is parts per million: 20 % is 200,000.

    Without ``region`` it is for the whole country; rates of country and region add up.
    ``on_shipping``: it is for shipping and handling too; of the standard category only.
    """

    country: Country
    region: Text200 | None = None
    category: SiteCode = STANDARD
    name: Text200
    ppm: Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
    on_shipping: StrictBool = False
    levy: Levy = Levy.TAX

    @model_validator(mode="after")
    def _ships_as_standard(self) -> Self:
        if self.on_shipping and self.category != STANDARD:
            message = "shipping is taxed as the standard category"
            raise PydanticCustomError("shipping_is_standard", message)
        return self

    @property
    def entry(self) -> RateEntry:
        """Give the rate as the domain knows it."""
        rate = Rate(self.category, self.name, self.ppm, self.on_shipping, self.levy)
        return RateEntry(self.country, rate, self.region)


class RatesBody(Body):
    """All rates of a site."""

    rates: Annotated[tuple[RateBody, ...], Field(max_length=MAX_RATES)]

    @property
    def entries(self) -> tuple[RateEntry, ...]:
        """Give the rates as the domain knows them."""
        return tuple(rate.entry for rate in self.rates)
