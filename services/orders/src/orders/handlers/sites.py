from contracts.customers.events import SiteChanged

from orders.domain.site import Site
from orders.handlers.unit_of_work import UnitOfWork


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
            storefront_url=event.storefront_url,
        )
    )
