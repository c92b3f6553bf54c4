"""Everything that the subscribers service handles."""

from messaging.subscriptions import Subscriptions

from subscribers.handlers.unit_of_work import UnitOfWork


def subscriptions() -> Subscriptions[UnitOfWork]:
    """List no message: it reads every event from the archive, and nobody asks it for anything."""
    return Subscriptions[UnitOfWork](service="subscribers")
