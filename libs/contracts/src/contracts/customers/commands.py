"""What the customers service can be asked to do."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from contracts.customers.replies import Address
from contracts.message import Command
from contracts.values import CustomerId, OrderId, SiteId


class VerifyCustomer(Command):
    """Check, at submission, that a customer may still order on a site.

    Answered by ``CustomerVerified``, or by ``CustomerRefused``. Changes nothing.
    """

    type: ClassVar = "customers.verify-customer.v1"

    order_id: OrderId
    customer_id: CustomerId
    site_id: SiteId


class KeepCustomer(Command):
    """Make or update the customer that a storefront's checkout knows (CU-10).

    Answered by ``CustomerKept``, or by ``CustomerNotKept``. Who it is, is told by
    ``external_reference``, else by ``email`` (any case of letters) within the site's customer set.
    An address that the customer has already is not added again.

    Attributes:
        phones: E.164 or in the site's country's form, by kind (home, work, mobile).
        is_registered: The customer signed in at the storefront; none: as before.
    """

    type: ClassVar = "customers.keep-customer.v1"

    site_id: SiteId
    external_reference: str | None = None
    email: str | None = None
    first_name: str
    last_name: str
    company: str | None = None
    phones: dict[str, str] = Field(default_factory=dict[str, str])
    billing_address: Address
    shipping_address: Address
    is_registered: bool | None = None


class MailCustomer(Command):
    """Write a mail to a customer in the name of a site; one of this id is written once (PA-5).

    Answered by ``CustomerMailed``, or by ``MailRefused``. The address is the customer's own as it
    is when the mail is written.

    Attributes:
        text: Plain text; what is secret in it is kept until the mail is away, and no longer.
        expires_at: The mail is not worth sending afterwards, UTC.
    """

    type: ClassVar = "customers.mail-customer.v1"

    mail_id: UUID
    customer_id: CustomerId
    site_id: SiteId
    subject: str
    text: str
    expires_at: datetime
