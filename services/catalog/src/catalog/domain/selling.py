"""A site as it sells just now."""

from dataclasses import dataclass
from datetime import datetime

from catalog.domain.availability import Promise
from catalog.domain.sites import Site


@dataclass(frozen=True, slots=True)
class Selling:
    """A site, looked up for what is asked about it next.

    Attributes:
        promise: What it promises from.
        has_deals: It has promotions that need no coupon; whether they hold now is another question.
    """

    site: Site
    promise: Promise
    has_deals: bool

    @property
    def at(self) -> datetime:
        """Give when it was looked up: the database's time, UTC."""
        return self.promise.as_of
