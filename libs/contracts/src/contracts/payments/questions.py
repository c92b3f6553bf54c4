"""What the payments service can be asked to tell."""

from typing import ClassVar

from contracts.gift_cards import CodeDigest
from contracts.message import Question
from contracts.values import CustomerId, OrderId, SiteId


class TellMethods(Question):
    """Tell the ways to pay that a site offers; answered by ``MethodsTold``."""

    type: ClassVar = "payments.tell-methods.v1"

    site_id: SiteId


class TellPayments(Question):
    """Tell how an order's payments stand just now; answered by ``PaymentsTold``."""

    type: ClassVar = "payments.tell-payments.v1"

    order_id: OrderId


class TellCredit(Question):
    """Tell what a customer can pay with at a site; answered by ``CreditTold``.

    Attributes:
        customer_id: Whose store credit is told; none: nobody's.
        gift_cards: Codes of gift cards, from askers of earlier releases.
        code_digests: Digests of gift cards' codes.
    """

    type: ClassVar = "payments.tell-credit.v1"

    site_id: SiteId
    customer_id: CustomerId | None = None
    gift_cards: tuple[str, ...] = ()
    code_digests: tuple[CodeDigest, ...] = ()
