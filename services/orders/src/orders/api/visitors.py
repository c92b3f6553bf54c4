"""How requests without a staff token reach an order: the secret in them is their authority."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Annotated

from chassis.requests import public_unit_of_work
from contracts.gift_cards import CodeDigest
from contracts.values import OrderId
from fastapi import Depends, Request
from messaging.outbox import Outbox
from messaging.transport import Asker
from starlette.responses import Response

from orders.api.checkout_cards import CardSeal
from orders.domain.errors import NoSuchPart
from orders.domain.hand_overs import Kind
from orders.domain.parts import Address
from orders.domain.splitting import Purse
from orders.gateways.links import LinkSigner
from orders.handlers.editing import Changing, Pointing, Priced, foreseen, fresh_since
from orders.handlers.kept_addresses import keep_addresses
from orders.handlers.requoting import Requoted, requoted_if_answered
from orders.handlers.unit_of_work import UnitOfWork
from orders.handlers.visits import Visit, to_the_customer, visit
from orders.handlers.ways_to_pay import BankAsks, WayToPay, banks_asking, purse_of, ways_to_pay

_KEPT = "checkout"
_KEPT_FOR = 3600
"""Seconds; a submission that waits for a bank has ended by then."""

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

    @property
    def script(self) -> str:
        """Give where Stripe's script is."""
        return self.request.app.state.stripe_script

    def remember(self, answer: Response, token: str, order_id: OrderId) -> None:
        """Have the browser keep the link's secret, for when its bank sends the customer back."""
        https = self.signer is not None and self.signer.public_url.startswith("https:")
        answer.set_cookie(
            _KEPT,
            token,
            max_age=_KEPT_FOR,
            path=f"/checkout/returned/{order_id}",
            secure=https,
            httponly=True,
            samesite="lax",
        )

    async def remembered(self, order_id: OrderId) -> str | None:
        """Give the secret that the browser has kept of a link to this order."""
        token = self.request.cookies.get(_KEPT, "")
        try:
            seen = await self.visit(token, Kind.MAIL)
        except NoSuchPart:
            return None
        return token if seen.order.order_id == order_id else None

    async def storefront_of(self, order_id: OrderId) -> str | None:
        """Give the storefront to whose checkout an order was handed; none: it was not."""
        async with self._reading() as uow:
            order = await uow.orders.seen(order_id)
            link_id = order.content.hand_over_id if order else None
            link = await uow.links.seen(link_id) if link_id else None
        if order is None or link is None or link.kind is not Kind.STOREFRONT:
            return None
        return order.site.storefront_url

    async def banks_asking(self, seen: Visit) -> list[BankAsks]:
        """Ask for which payments of the order a bank wants to know who pays."""
        return [*(await banks_asking(self.asker, seen.order.order_id)).values()]

    @asynccontextmanager
    async def _reading(self) -> AsyncGenerator[UnitOfWork]:
        runtime = self.request.app.state.runtime
        outbox = Outbox(runtime.service.name, runtime.service.tables.outbox)
        async with runtime.databases.reading() as session:
            yield runtime.service.unit_of_work(session, outbox)

    async def visit(self, token: str, kind: Kind) -> Visit:
        """Look at the order that a secret lets in to.

        Raises:
            NoSuchPart: It was not signed here, or not for this.
        """
        if self.signer is None:
            raise NoSuchPart("link")
        link_id = self.signer.link_id(token, kind)
        async with self._reading() as uow:
            return await visit(link_id, uow)

    async def ways_to_pay(self, seen: Visit) -> tuple[WayToPay, ...]:
        """Ask what the order's site offers."""
        return await ways_to_pay(self.asker, seen.link.site_id)

    async def purse(self, seen: Visit, cards: Sequence[CodeDigest]) -> Purse:
        """Ask what the customer has with the shop."""
        link = seen.link
        return await purse_of(self.asker, link.site_id, link.customer_id, cards)

    def seal(self, seen: Visit) -> CardSeal:
        """Give what seals gift cards for the page of the visitor's link."""
        if self.signer is None:
            raise NoSuchPart("link")
        return CardSeal(self.signer, seen.link.link_id)

    async def foreseen(
        self, seen: Visit, change: Changing, pointing: Pointing = fresh_since
    ) -> Priced:
        """Ask the catalog what a change makes of the order; see ``handlers.editing``."""
        with to_the_customer():
            priced = await foreseen(seen.edit, seen.order, change, self.asker)
        return replace(priced, pointing=pointing)

    async def keep(self, seen: Visit, change: Changing, kept: Mapping[str, Address]) -> None:
        """Have the customer's address book keep addresses; see ``handlers.kept_addresses``."""
        with to_the_customer():
            await keep_addresses(seen.edit, deepcopy(seen.order), change, kept, self.asker)

    async def requoted(self, seen: Visit) -> Requoted:
        """Ask customers and catalog about the order once more; see ``handlers.requoting``."""
        with to_the_customer():
            return await requoted_if_answered(seen.edit, seen.order, self.asker)


async def door(request: Request) -> Door:
    """Give what lets customers in."""
    return Door(request, request.app.state.link_signer)


AtDoor = Annotated[Door, Depends(door)]
