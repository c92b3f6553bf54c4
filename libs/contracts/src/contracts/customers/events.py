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

    @property
    @override
    def subject(self) -> UUID:
        return self.site_id


class CustomerChanged(Event):
    """A customer was made or changed. Carries no contact data: ask for it where it is needed.

    Attributes:
        version: Grows with every change; a reader keeps the highest it has seen.
    """

    type: ClassVar = "customers.customer-changed.v1"

    customer_id: CustomerId
    version: int
    customer_set_id: CustomerSetId
    number: str
    is_staff: bool
    disabled: bool

    @property
    @override
    def subject(self) -> UUID:
        return self.customer_id
