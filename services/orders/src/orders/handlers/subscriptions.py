"""Everything that the orders service handles; its saga's local steps are listed in ``main``."""

from contracts.customers.events import SiteChanged
from messaging.subscriptions import Subscriptions

from orders.handlers.sites import follow_site
from orders.handlers.unit_of_work import UnitOfWork


def subscriptions() -> Subscriptions[UnitOfWork]:
    """List the messages and their handlers."""
    return Subscriptions[UnitOfWork](service="orders").follows(SiteChanged, follow_site)
