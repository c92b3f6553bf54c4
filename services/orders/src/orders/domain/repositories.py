"""What the use cases ask of storage."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from contracts.values import OrderId, SiteId, StaffId

from orders.domain.carts import Cart, CartLine, TakenOver
from orders.domain.hand_overs import Link
from orders.domain.order import Change, Order
from orders.domain.parts import Refused
from orders.domain.revisions import Revision, RevisionState
from orders.domain.site import Site
from orders.domain.site_terms import SiteTerms


class OrderRepository(Protocol):
    async def add(self, order: Order, change: Change, staff_id: StaffId) -> None:
        """Keep a new order, with its first entry in the audit.

        Raises:
            ReferenceTaken: Another order of the site has its external reference.
        """
        ...

    async def locked(self, order_id: OrderId) -> Order | None:
        """Give an order, locked until the transaction ends."""
        ...

    async def seen(self, order_id: OrderId) -> Order | None:
        """Give an order as it is just now; somebody else may change it."""
        ...

    async def keep(self, order: Order, change: Change, staff_id: StaffId) -> None:
        """Keep a changed order, with its entry in the audit."""
        ...

    async def lease(self, order: Order) -> None:
        """Keep who is working on an order; nothing else of it."""
        ...

    async def move(self, order: Order, change: Change, staff_id: StaffId) -> None:
        """Keep an order that went to another site, with its number there.

        Raises:
            ReferenceTaken: Another order of that site has its external reference.
        """
        ...

    async def note(self, order: Order, change: Change, staff_id: StaffId) -> None:
        """Add an entry to the audit of an order that is not itself changed."""
        ...


class RevisionRepository(Protocol):
    """Revisions of submitted orders; whoever changes one has its order or its saga locked."""

    async def begin(self, revision: Revision) -> bool:
        """Keep a revision that is begun; false when another one of the order is running."""
        ...

    async def get(self, revision_id: UUID) -> Revision | None:
        """Give a revision."""
        ...

    async def latest(self, order_id: OrderId) -> Revision | None:
        """Give the order's last revision."""
        ...

    async def end(
        self, revision_id: UUID, state: RevisionState, refusals: Sequence[Refused] = ()
    ) -> None:
        """Note how a revision ended."""
        ...


class SiteRepository(Protocol):
    async def keep(self, site: Site) -> None:
        """Keep a site's copy, unless a newer one is there."""
        ...


class CartRepository(Protocol):
    async def keep(self, cart: Cart) -> UUID:
        """Keep a cart, in the place of the one of its reference; gives the id it has.

        Raises:
            CartTakenOver: Staff have that one.
        """
        ...

    async def locked(self, cart_id: UUID) -> Cart | None:
        """Give a cart, locked until the transaction ends."""
        ...

    async def hold(self, cart_id: UUID, holder: TakenOver) -> None:
        """Keep who has taken a cart over."""
        ...

    async def give_back(self, cart_id: UUID, lines: Sequence[CartLine] | None) -> None:
        """Let the customer have a cart again, with other lines or, for none, as it was."""
        ...


class LinkRepository(Protocol):
    """The links by which orders were handed over; whoever changes one has its order locked."""

    async def open(self, link: Link) -> None:
        """Keep a new link, and revoke the order's others."""
        ...

    async def seen(self, link_id: UUID) -> Link | None:
        """Give a link; none when there is none of this id."""
        ...

    async def revoke(self, order_id: OrderId, at: datetime) -> None:
        """Let no link of an order work any more."""
        ...

    async def use(self, link_id: UUID, at: datetime, payment_nos: Sequence[int]) -> None:
        """Note that the order was handed in with a link, and by which payments of it."""
        ...

    async def note_sent(self, link_id: UUID, at: datetime) -> None:
        """Note that the mail with a link is written."""
        ...

    async def note_refused(self, link_id: UUID, at: datetime, refusals: Sequence[Refused]) -> None:
        """Note why a link could not be mailed; nobody has it, so it is revoked."""
        ...


class SiteTermsRepository(Protocol):
    async def locked(self, site_id: SiteId) -> tuple[int, SiteTerms]:
        """Give the version (0: never decided) and what a site has decided, locked."""
        ...

    async def keep(self, site_id: SiteId, version: int, terms: SiteTerms) -> None:
        """Keep what a site has decided."""
        ...


class Numbers(Protocol):
    """Counts a site's orders, so that each gets a number of its own; counts may be left out."""

    async def next(self, site_id: SiteId) -> int:
        """Give a count that no other order of the site has or will have, from 1."""
        ...
