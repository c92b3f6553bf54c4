"""How requests without a staff token reach an order: the secret in them is their authority."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from chassis.requests import public_unit_of_work
from fastapi import Depends, Request
from messaging.outbox import Outbox
from messaging.transport import Asker

from orders.domain.errors import NoSuchPart
from orders.domain.hand_overs import Kind
from orders.domain.splitting import Purse
from orders.gateways.links import LinkSigner
from orders.handlers.editing import Changing, Pointing, Priced, foreseen, fresh_since
from orders.handlers.requoting import Requoted, requoted_if_answered
from orders.handlers.unit_of_work import UnitOfWork
from orders.handlers.visits import Visit, to_the_customer, visit
from orders.handlers.ways_to_pay import WayToPay, purse_of, ways_to_pay

PublicWork = Annotated[UnitOfWork, Depends(public_unit_of_work, scope="function")]


@dataclass(frozen=True, slots=True)
class Door:
    """What such a request looks up before it opens its transaction."""

    request: Request
    signer: LinkSigner | None

    @property
    def asker(self) -> Asker:
        """Give what puts questions to other services."""
        return self.request.app.state.runtime.asker

    async def visit(self, token: str, kind: Kind) -> Visit:
        """Look at the order that a secret lets in to.

        Raises:
            NoSuchPart: It was not signed here, or not for this.
        """
        if self.signer is None:
            raise NoSuchPart("link")
        link_id = self.signer.link_id(token, kind)
        runtime = self.request.app.state.runtime
        outbox = Outbox(runtime.service.name, runtime.service.tables.outbox)
        async with runtime.databases.reading() as session:
            return await visit(link_id, runtime.service.unit_of_work(session, outbox))

    async def ways_to_pay(self, seen: Visit) -> tuple[WayToPay, ...]:
        """Ask what the order's site offers."""
        return await ways_to_pay(self.asker, seen.link.site_id)

    async def purse(self, seen: Visit, cards: Sequence[str]) -> Purse:
        """Ask what the customer has with the shop."""
        link = seen.link
        return await purse_of(self.asker, link.site_id, link.customer_id, cards)

    async def foreseen(
        self, seen: Visit, change: Changing, pointing: Pointing = fresh_since
    ) -> Priced:
        """Ask the catalog what a change makes of the order; see ``handlers.editing``."""
        with to_the_customer():
            priced = await foreseen(seen.edit, seen.order, change, self.asker)
        return replace(priced, pointing=pointing)

    async def requoted(self, seen: Visit) -> Requoted:
        """Ask customers and catalog about the order once more; see ``handlers.requoting``."""
        with to_the_customer():
            return await requoted_if_answered(seen.edit, seen.order, self.asker)


async def door(request: Request) -> Door:
    """Give what lets customers in."""
    return Door(request, request.app.state.link_signer)


AtDoor = Annotated[Door, Depends(door)]
