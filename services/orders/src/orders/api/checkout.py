"""The page on which a customer reviews, changes, pays and submits their order (PA-5)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from contracts.values import Money, OrderId
from fastapi import APIRouter, Request
from starlette.responses import Response

from orders.api.checkout_addresses import USES, fields_of
from orders.api.checkout_cards import CardSeal
from orders.api.checkout_form import Form, Offered
from orders.api.pages import PageRoute, elsewhere, notice, page, script, written
from orders.api.visitors import AtDoor, Door, PublicWork
from orders.domain.content import Content
from orders.domain.differences import Differences
from orders.domain.errors import NotAcceptable, StaleVersion
from orders.domain.hand_overs import Closed, Kind
from orders.domain.order import Order, State
from orders.domain.payments import CARD, GIFT_CARD, STORE_CREDIT, PaymentTerms
from orders.domain.shipping import offers
from orders.domain.splitting import Purse
from orders.handlers.editing import edited
from orders.handlers.unit_of_work import UnitOfWork
from orders.handlers.visits import CustomerWish, Visit, before_payment, check_out, let_in, wishing
from orders.queries.views import OrderView

router = APIRouter(prefix="/checkout", include_in_schema=False, route_class=PageRoute)


@dataclass(frozen=True, slots=True)
class Checkout:
    """One request for an order's page.

    Attributes:
        offered: What the customer may pay with.
        script: Of a gateway's field for cards.
        seal: For the gift cards that were named.
    """

    token: str
    seen: Visit
    offered: Offered
    script: str
    seal: CardSeal

    @classmethod
    async def of(cls, token: str, door: Door, form: Form) -> "Checkout":
        """Let the customer in.

        Raises:
            NoSuchPart: There is no such link.
            LinkClosed: It does not work any more.
            Unanswered: The payments service gave no answer in time.
        """
        seen = await door.visit(token, Kind.MAIL)
        seen.must_be_open()
        ways = await door.ways_to_pay(seen)
        form.read_cards(seal := door.seal(seen))
        credited = {STORE_CREDIT, GIFT_CARD} & {way.code for way in ways}
        purse = (
            await door.purse(seen, [card.digest for card in form.cards]) if credited else Purse()
        )
        key = seen.order.terms.policy.stripe_key
        return cls(token, seen, Offered.of(ways, purse, key), door.script, seal)

    @property
    def address(self) -> str:
        """Give where the page is."""
        return f"/checkout/{self.token}"

    @property
    def content(self) -> Content:
        """Give what is to be paid for, without the payments of an attempt that came back."""
        return before_payment(self.seen.order.content, self.seen.link)

    @property
    def due(self) -> Money:
        """Give what is left to pay."""
        return self.content.totals().balance

    def page(self, form: Form) -> Response:
        """Show the order, with what was sent and is wrong with it (422)."""
        order, content = self.seen.order, self.content
        shown = form.split(self.offered, self.due)
        addresses = {"shipping": content.shipping_address, "billing": content.billing_address}
        return page(
            "review.html",
            422 if form.faults else 200,
            script=self.script if self.offered.needs_script and shown.rest else None,
            address=self.address,
            order=OrderView.of(_with(order, content)),
            site=order.site.name,
            until=self.seen.link.expires_at,
            addresses={
                use: (title, fields_of(use, addresses[use], form.values))
                for use, title in USES.items()
            },
            offers=offers(content, order.site, order.terms),
            offered=self.offered,
            due=self.due,
            credit=Money(self.offered.purse.credit, self.due.currency),
            shown=shown,
            cards=self._cards(form),
            rest=Money(shown.rest, self.due.currency),
            sent=form.values,
            faults=form.faults,
        )

    def _cards(self, form: Form) -> dict[str, object]:
        """Give the gift cards that can be used, to be ticked, and what was typed of others."""
        left = self.offered.purse.gift_cards
        found = [card for card in form.cards if left.get(card.digest, 0) > 0]
        return {
            "found": [(self.seal.sealed(card), card.ending) for card in found],
            "endings": {card.digest: card.ending for card in found},
            "unknown": [
                card.typed for card in form.cards if card.typed and card.digest not in left
            ],
        }


def _with(order: Order, content: Content) -> Order:
    """Give a copy of an order with other content, to be shown only."""
    return replace(order, content=content)


@router.get("/card-field.js")
async def get_card_field() -> Response:
    """Give the script that puts a gateway's field for cards into the page."""
    return script("card-field.js")


@router.get("/returned/{order_id}")
async def get_returned(order_id: OrderId, door: AtDoor) -> Response:
    """Lead a customer who comes back from their bank's page to the page of their order.

    The gateway and the bank are not told the link's secret: the browser kept it. Who came from a
    storefront is led back to that one.
    """
    if (token := await door.remembered(order_id)) is not None:
        return elsewhere(f"/checkout/{token}/result")
    if (storefront := await door.storefront_of(order_id)) is not None:
        return elsewhere(f"{storefront}/checkout/returned?order={order_id}")
    text = (
        "You can close this page. What becomes of your order the page tells that our mail leads to."
    )
    return notice(200, "Thank you: your bank has answered", text)


@router.get("/{token}")
async def get_checkout(token: str, door: AtDoor) -> Response:
    """Show the order as it is just now."""
    form = Form({})
    return (await Checkout.of(token, door, form)).page(form)


@router.post("/{token}")
async def post_checkout(token: str, request: Request, door: AtDoor, work: PublicWork) -> Response:
    """Change the order, or hand it in; a change is shown before anything is paid for."""
    form = Form.read(await request.body())
    checkout = await Checkout.of(token, door, form)
    wish = form.wish(checkout.content)
    try:
        if not form.faults and (wish.differs(checkout.content) or form.changes):
            return await _changed(checkout, form, wish, door, work)
        if form.pays:
            shown = form.split(checkout.offered, checkout.due)
            payments = form.payments(checkout.offered, shown)
            if payments is not None and form.has_seen(shown):
                return await _handed_in(checkout, form, payments, door, work)
    except NotAcceptable as error:
        form.note(error)
    return checkout.page(form)


async def _changed(
    checkout: Checkout, form: Form, wish: CustomerWish, door: Door, work: UnitOfWork
) -> Response:
    seen, change = checkout.seen, wishing(wish)
    if form.version != seen.order.version:
        raise StaleVersion(seen)
    if wish.kept:
        await door.keep(seen, change, wish.kept)
    priced = await door.foreseen(seen, change)
    await let_in(seen, form.version, work)
    await edited(seen.edit, work, change, priced)
    return elsewhere(checkout.address)


async def _handed_in(
    checkout: Checkout, form: Form, payments: Sequence[PaymentTerms], door: Door, work: UnitOfWork
) -> Response:
    known = await door.requoted(checkout.seen)
    order, changed = await check_out(checkout.seen, form.version, known, payments, work)
    if changed:
        return _repriced(checkout, changed)
    answer = elsewhere(f"{checkout.address}/result")
    if any(one.method == CARD for one in payments):
        door.remember(answer, checkout.token, order.order_id)
    return answer


def _repriced(checkout: Checkout, changed: Differences) -> Response:
    was, now = written(changed.total_was), written(changed.total_now)
    text = f"It came to {was} and now comes to {now}. Nothing was charged: please review it."
    return notice(409, "The price of your order has changed", text, checkout.address)


@router.get("/{token}/result")
async def get_result(token: str, door: AtDoor) -> Response:
    """Show what has become of the order; the page asks again by itself until that is known."""
    seen = await door.visit(token, Kind.MAIL)
    order = seen.order
    if order.state is State.DRAFT or seen.closed is not Closed.HANDED_IN:
        seen.must_be_open()
        return elsewhere(f"/checkout/{token}")
    waits = order.state is State.SUBMITTING
    return page(
        "result.html",
        order=OrderView.of(order),
        site=order.site.name,
        waits=waits,
        banks=await door.banks_asking(seen) if waits else [],
    )
