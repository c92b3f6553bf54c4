"""How the orders service answers itself."""

from typing import ClassVar

from contracts.message import Reply
from contracts.values import OrderId


class HoldIsNoted(Reply):
    """The draft shows what is held for it."""

    type: ClassVar = "orders.hold-is-noted.v1"

    order_id: OrderId


class HandOverIsNoted(Reply):
    """The order shows what has become of the mail."""

    type: ClassVar = "orders.hand-over-is-noted.v1"

    order_id: OrderId


class OrderIsSubmitted(Reply):
    """The order is fixed."""

    type: ClassVar = "orders.order-is-submitted.v1"

    order_id: OrderId


class OrderIsReturned(Reply):
    """The order is a draft again, or cancelled."""

    type: ClassVar = "orders.order-is-returned.v1"

    order_id: OrderId


class CancellationIsNoted(Reply):
    """The order shows what its cancel has brought back."""

    type: ClassVar = "orders.cancellation-is-noted.v1"

    order_id: OrderId


class RevisionIsApplied(Reply):
    """The order is as it was revised."""

    type: ClassVar = "orders.revision-is-applied.v1"

    order_id: OrderId


class RevisionIsRejected(Reply):
    """The order is as it was before."""

    type: ClassVar = "orders.revision-is-rejected.v1"

    order_id: OrderId
