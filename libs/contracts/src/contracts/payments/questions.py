"""What the payments service can be asked to tell."""

from typing import ClassVar

from contracts.message import Question
from contracts.values import OrderId, SiteId


class TellMethods(Question):
    """Tell the ways to pay that a site offers; answered by ``MethodsTold``."""

    type: ClassVar = "payments.tell-methods.v1"

    site_id: SiteId


class TellPayments(Question):
    """Tell how an order's payments stand just now; answered by ``PaymentsTold``."""

    type: ClassVar = "payments.tell-payments.v1"

    order_id: OrderId
