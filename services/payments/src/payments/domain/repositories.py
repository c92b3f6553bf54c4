"""Where payments and sites are kept, as the use cases see it."""

from typing import Protocol
from uuid import UUID

from contracts.values import PaymentId, SiteId

from payments.domain.methods import Offer
from payments.domain.payment import Payment
from payments.domain.site import Site


class PaymentRepository(Protocol):
    """The payments; one that is given is locked until the transaction ends."""

    async def get(self, payment_id: PaymentId) -> Payment | None:
        """Give a payment; none when there is none of this id."""
        ...

    async def by_reference(self, gateway: str, reference: str) -> Payment | None:
        """Give the payment that a gateway knows by this name."""
        ...

    async def hear(self, gateway: str, event_id: str, kind: str, payment_id: UUID | None) -> bool:
        """Note a gateway's webhook; false when it was heard before."""
        ...

    async def begin(self, payment: Payment) -> Payment:
        """Add a payment, or give the one that has its id already."""
        ...

    async def save(self, payment: Payment) -> None:
        """Keep what has changed."""
        ...


class SiteRepository(Protocol):
    """The copy of the sites, and what each offers."""

    async def keep(self, site: Site) -> None:
        """Keep a site's state unless a higher version is known."""
        ...

    async def offer(self, site_id: SiteId, method: str) -> Offer | None:
        """Give what a site says to a method; none when the site is not known (yet)."""
        ...

    async def enable(
        self, site_id: SiteId, method: str, *, enabled: bool, gateway: str | None
    ) -> None:
        """Let a site offer a method, or not, through a gateway; none leaves that as it is."""
        ...
