"""What the customers service can be asked to do."""

from typing import ClassVar

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
