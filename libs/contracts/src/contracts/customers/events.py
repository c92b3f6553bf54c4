"""What the customers service tells everyone."""

from typing import ClassVar
from uuid import UUID

from typing_extensions import override

from contracts.message import Event
from contracts.values import CustomerId, CustomerSetId, SiteId


class CustomerSetChanged(Event):
    """A customer set was made or renamed; carries its whole state."""

    type: ClassVar = "customers.customer-set-changed.v1"

    customer_set_id: CustomerSetId
    code: str
    name: str

    @property
    @override
    def subject(self) -> UUID:
        return self.customer_set_id


class SiteChanged(Event):
    """A site was made, changed or moved to another set; carries its whole state.

    Attributes:
        version: Grows with every change; a reader keeps the highest it has seen.
        country: ISO 3166-1 alpha-2 code.
        currency: ISO 4217 code; every price and order of the site is in it.
        time_zone: IANA name.
        storefront_url: Where the site's shop is, without a slash at the end.
    """

    type: ClassVar = "customers.site-changed.v1"

    site_id: SiteId
    version: int
    code: str
    name: str
    customer_set_id: CustomerSetId
    country: str
    currency: str
    time_zone: str
    active: bool
    storefront_url: str | None = None

    @property
    @override
    def subject(self) -> UUID:
        return self.site_id


class CustomerChanged(Event):
    """A customer was made or changed. Carries no contact data: ask for it where it is needed.

    Attributes:
        version: Grows with every change; a reader keeps the highest it has seen.
        level: Code of the customer's level in the set.
        is_registered: The customer can sign in.
        erased: Personal data is gone for good; only the number remains.
    """

    type: ClassVar = "customers.customer-changed.v1"

    customer_id: CustomerId
    version: int
    customer_set_id: CustomerSetId
    number: str
    is_staff: bool
    disabled: bool
    level: str | None = None
    is_registered: bool = False
    erased: bool = False

    @property
    @override
    def subject(self) -> UUID:
        return self.customer_id


class CustomerErased(Event):
    """A customer's personal data was removed; whoever keeps a copy of it should do the same."""

    type: ClassVar = "customers.customer-erased.v1"

    customer_id: CustomerId
    version: int
    customer_set_id: CustomerSetId
    number: str

    @property
    @override
    def subject(self) -> UUID:
        return self.customer_id


class CustomerLevelChanged(Event):
    """A customer set has a new or renamed level; carries its whole state."""

    type: ClassVar = "customers.customer-level-changed.v1"

    level_id: UUID
    version: int
    customer_set_id: CustomerSetId
    code: str
    name: str

    @property
    @override
    def subject(self) -> UUID:
        return self.level_id
