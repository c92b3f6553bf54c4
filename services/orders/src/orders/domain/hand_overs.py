"""A draft handed to its customer, who reviews, pays and submits it themselves (PA-5, PA-6)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from contracts.values import CustomerId, OrderId, SiteId, StaffId, new_id

from orders.domain.completeness import cart_fault
from orders.domain.draft import Change, Draft, State
from orders.domain.errors import Fault, LinkClosed, NoSuchPart, NotAcceptable
from orders.domain.parts import Refused


class Kind(StrEnum):
    """How the link reaches the customer: by mail, or by a redirect to the site's storefront."""

    MAIL = "mail"
    STOREFRONT = "storefront"


class Closed(StrEnum):
    """Why a link does not work any more; the values are the codes of refusals."""

    REVOKED = "LINK_REVOKED"
    EXPIRED = "LINK_EXPIRED"
    CANCELLED = "ORDER_CANCELLED"
    HANDED_IN = "ORDER_HANDED_IN"


SENTENCES = {
    Closed.REVOKED: "the link was revoked, or replaced by a newer one",
    Closed.EXPIRED: "the link has expired",
    Closed.CANCELLED: "the order was cancelled",
    Closed.HANDED_IN: "the order is handed in already",
}


@dataclass(frozen=True, slots=True)
class Link:
    """What lets a customer at one draft of theirs; times are UTC.

    Attributes:
        customer_id: Whose link it is: chosen another customer, it works no longer.
        sent_at: When its mail was written.
        used_at: When the customer last handed the order in with it.
        payment_nos: The payments that the customer chose then; another attempt replaces them.
        refusals: Why it could not be mailed.
    """

    link_id: UUID
    order_id: OrderId
    site_id: SiteId
    customer_id: CustomerId
    kind: Kind
    created_by: StaffId
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    sent_at: datetime | None = None
    used_at: datetime | None = None
    payment_nos: tuple[int, ...] = ()
    refusals: tuple[Refused, ...] = ()

    def closed(self, order: Draft, now: datetime) -> Closed | None:
        """Say why it does not work on its order any more; none while it does.

        A submission that comes back makes the order a draft, and the link works again.
        """
        now_of = order.customer.customer_id if order.customer else None
        elsewhere = (now_of, order.site.site_id) != (self.customer_id, self.site_id)
        if self.revoked_at is not None or elsewhere:
            return Closed.REVOKED
        if order.state is State.CANCELLED:
            return Closed.CANCELLED
        if order.state is not State.DRAFT:
            return Closed.HANDED_IN
        return Closed.EXPIRED if now >= self.expires_at else None

    def must_be_open(self, order: Draft, now: datetime) -> None:
        """See that it still works.

        Raises:
            LinkClosed: It does not.
        """
        if (why := self.closed(order, now)) is not None:
            raise LinkClosed(why.value, SENTENCES[why])


def hand_over(draft: Draft, kind: Kind, staff_id: StaffId, now: datetime) -> tuple[Link, Change]:
    """Hand a draft to its customer by a new link; staff may go on editing it.

    Raises:
        NotADraft: It cannot be changed any more.
        NotAcceptable: It has no customer or no line.
    """
    customer, lines = draft.customer, draft.content.lines
    if customer is None or not lines or draft.content.takes_over is not None:
        raise NotAcceptable(_lacking(draft))
    link = Link(
        link_id=new_id(),
        order_id=draft.order_id,
        site_id=draft.site.site_id,
        customer_id=customer.customer_id,
        kind=kind,
        created_by=staff_id,
        created_at=now,
        expires_at=now + timedelta(hours=draft.terms.policy.link_hours),
    )
    draft.edit(replace(draft.content, hand_over_id=link.link_id))
    told = {"link_id": link.link_id, "kind": link.kind, "expires_at": link.expires_at}
    return link, Change("handed over", after=told)


def _lacking(draft: Draft) -> list[Fault]:
    missing: list[Fault] = []
    if draft.customer is None:
        missing.append(Fault("/customer_id", "CUSTOMER_MISSING", "the order has no customer"))
    if not draft.content.lines:
        missing.append(Fault("/lines", "NO_LINES", "the order has no line"))
    if draft.content.takes_over is not None:
        missing.append(cart_fault())
    return missing


def take_back(draft: Draft) -> Change:
    """Take a draft back from its customer.

    Raises:
        NotADraft: It cannot be changed any more.
        NoSuchPart: It was not handed over.
    """
    link_id = draft.content.hand_over_id
    if link_id is None:
        raise NoSuchPart("hand-over")
    draft.edit(replace(draft.content, hand_over_id=None))
    return Change("hand-over revoked", before=link_id)
