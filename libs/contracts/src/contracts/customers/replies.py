"""How the customers service answers."""

from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from contracts.message import Refusal, Reply
from contracts.values import CustomerId, CustomerSetId, SiteId


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
    """Who the customer is, and what an order takes over from them.

    Attributes:
        level: Code of the customer's level, which decides prices and visible products (CU-14).
        tax_exempt: No tax is charged; ``tax_id`` says under which registration.
        is_registered: The customer can sign in (CU-9).
    """

    type: ClassVar = "customers.customer-described.v1"

    customer_id: CustomerId
    customer_set_id: CustomerSetId
    name: str
    email: str | None = None
    billing_address: Address | None = None
    shipping_address: Address | None = None
    number: str | None = None
    company: str | None = None
    level: str | None = None
    tax_id: str | None = None
    tax_exempt: bool = False
    is_registered: bool = False


class CustomerRefused(Refusal):
    """The customer may not order on the site.

    ``code`` is one of UNKNOWN_CUSTOMER, UNKNOWN_SITE, CUSTOMER_SET_MISMATCH, CUSTOMER_IS_STAFF,
    CUSTOMER_DISABLED, CUSTOMER_ERASED, CUSTOMER_INCOMPLETE, SITE_INACTIVE.
    """

    type: ClassVar = "customers.customer-refused.v1"

    customer_id: CustomerId


class CustomerNotFound(Refusal):
    """Nobody in the site's customer set is known so.

    ``code`` is UNKNOWN_CUSTOMER or UNKNOWN_SITE.
    """

    type: ClassVar = "customers.customer-not-found.v1"


class CustomerKept(Reply):
    """What a storefront told is kept.

    Attributes:
        created: The customer was not known before.
    """

    type: ClassVar = "customers.customer-kept.v1"

    customer_id: CustomerId
    version: int
    created: bool


class CustomerNotKept(Refusal):
    """What a storefront told breaks a rule, so nothing of it is kept.

    ``code`` is UNKNOWN_SITE, CUSTOMER_IS_STAFF, CUSTOMER_ERASED or CUSTOMER_INVALID.

    Attributes:
        faults: Per field (a JSON Pointer into the command), what is wrong.
    """

    type: ClassVar = "customers.customer-not-kept.v1"

    faults: dict[str, str] = Field(default_factory=dict[str, str])


class CustomerMailed(Reply):
    """The mail is written, and is sent as soon as the mail server takes it."""

    type: ClassVar = "customers.customer-mailed.v1"

    mail_id: UUID
    customer_id: CustomerId


class MailRefused(Refusal):
    """No mail is written.

    ``code`` is CUSTOMER_HAS_NO_EMAIL, or one of ``CustomerRefused``.
    """

    type: ClassVar = "customers.mail-refused.v1"

    mail_id: UUID
    customer_id: CustomerId


class AddressesKept(Reply):
    """The customer's book has the addresses; ``version`` is the customer's."""

    type: ClassVar = "customers.addresses-kept.v1"

    customer_id: CustomerId
    version: int


class LevelOfSite(BaseModel):
    """A level by its code, in the customer set of a site."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    site_id: SiteId
    code: str


class LevelsChecked(Reply):
    """Those levels that there are not; also all of a site that is not known."""

    type: ClassVar = "customers.levels-checked.v1"

    unknown: tuple[LevelOfSite, ...]


class AddressesFit(Reply):
    """The customer's book would keep the addresses."""

    type: ClassVar = "customers.addresses-fit.v1"

    customer_id: CustomerId


class AddressesNotKept(Refusal):
    """None of the addresses is kept, or would be.

    ``code`` is that of ``CustomerRefused``, or ADDRESS_INVALID.

    Attributes:
        faults: Per field (a JSON Pointer into the errand), what is wrong.
    """

    type: ClassVar = "customers.addresses-not-kept.v1"

    customer_id: CustomerId
    faults: dict[str, str] = Field(default_factory=dict[str, str])
