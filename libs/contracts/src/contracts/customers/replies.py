"""How the customers service answers."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from contracts.message import Refusal, Reply
from contracts.values import CustomerId, CustomerSetId


class Address(BaseModel):
    """A postal address as it stands on an order.

    Attributes:
        country: ISO 3166-1 alpha-2 code, upper case.
        region: State, province or county, where the country has them.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    company: str | None = None
    lines: tuple[str, ...]
    city: str
    region: str | None = None
    postal_code: str | None = None
    country: str
    phone: str | None = None


class CustomerVerified(Reply):
    """The customer may order on the site."""

    type: ClassVar = "customers.customer-verified.v1"

    customer_id: CustomerId


class CustomerDescribed(Reply):
    """Who the customer is, and what an order takes over from them."""

    type: ClassVar = "customers.customer-described.v1"

    customer_id: CustomerId
    customer_set_id: CustomerSetId
    name: str
    email: str | None = None
    billing_address: Address | None = None
    shipping_address: Address | None = None


class CustomerRefused(Refusal):
    """The customer may not order on the site.

    ``code`` is one of UNKNOWN_CUSTOMER, UNKNOWN_SITE, CUSTOMER_SET_MISMATCH, CUSTOMER_IS_STAFF,
    CUSTOMER_DISABLED, CUSTOMER_INCOMPLETE.
    """

    type: ClassVar = "customers.customer-refused.v1"

    customer_id: CustomerId
