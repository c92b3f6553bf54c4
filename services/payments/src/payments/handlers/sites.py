"""The copy of the sites, and the methods that each offers."""

from contracts.customers.events import SiteChanged
from contracts.payments.questions import TellMethods
from contracts.payments.replies import MethodsTold, OfferedMethod
from contracts.values import SiteId

from payments.domain.methods import TEST_CARDS, GatewayName, Method
from payments.domain.site import Site
from payments.handlers.unit_of_work import UnitOfWork


async def follow_site(event: SiteChanged, uow: UnitOfWork) -> None:
    await uow.sites.keep(
        Site(
            site_id=event.site_id,
            version=event.version,
            code=event.code,
            name=event.name,
            customer_set_id=event.customer_set_id,
            country=event.country,
            currency=event.currency,
            time_zone=event.time_zone,
            active=event.active,
        )
    )


async def enable_method(
    site_id: SiteId,
    method: Method,
    uow: UnitOfWork,
    *,
    enabled: bool,
    gateway: GatewayName | None = None,
) -> None:
    """Let a site offer a method from now on, or not; payments that stand are left alone."""
    chosen = gateway.value if gateway else None
    await uow.sites.enable(site_id, method, enabled=enabled, gateway=chosen)


async def tell_methods(question: TellMethods, uow: UnitOfWork) -> MethodsTold:
    """List what the site offers, for whoever lets a customer choose."""
    offers = await uow.sites.offers(question.site_id)
    offered = tuple(
        OfferedMethod(
            code=method.value,
            gateway=offer.gateway(method),
            tokens=dict(TEST_CARDS) if offer.gateway(method) is GatewayName.TEST else None,
        )
        for method, offer in offers.items()
        if offer.enabled
    )
    return MethodsTold(site_id=question.site_id, methods=offered)
