"""Where payments and sites are kept, as the use cases see it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from contracts.values import CustomerId, Money, OrderId, PaymentId, SiteId

from payments.domain.credit import Account, AccountKind, Transfer
from payments.domain.methods import Method, Offer
from payments.domain.payment import Payment
from payments.domain.site import Site
from payments.domain.terms import Agreement, Buyer, SiteTerms


class PaymentRepository(Protocol):
    """The payments; one that is given is locked until the transaction ends."""

    async def get(self, payment_id: PaymentId) -> Payment | None:
        """Give a payment; none when there is none of this id."""
        ...

    async def of_order(self, order_id: OrderId) -> Sequence[Payment]:
        """Give an order's payments, the oldest first; not locked, and without operations."""
        ...

    async def beside(self, order_id: OrderId, payment_id: PaymentId) -> Sequence[Payment]:
        """Give an order's other payments, which this transaction alone may add to until it ends.

        They are not locked themselves, and without operations.
        """
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

    async def offers(self, site_id: SiteId) -> Mapping[Method, Offer]:
        """Give what a site says to every method; nothing when the site is not known (yet)."""
        ...

    async def enable(
        self, site_id: SiteId, method: str, *, enabled: bool, gateway: str | None
    ) -> None:
        """Let a site offer a method, or not, through a gateway; none leaves that as it is."""
        ...


class OrderRepository(Protocol):
    """The copy of what orders cost."""

    async def costs(
        self, order_id: OrderId, site_id: SiteId, number: str, total: Money, since: datetime
    ) -> None:
        """Keep what an order costs since a time (UTC), unless a later total is known.

        A cancelled order stays cancelled.
        """
        ...

    async def total(self, order_id: OrderId) -> Money | None:
        """Give what an order costs, nothing once it is cancelled; none before it is submitted."""
        ...

    async def cancelled(self, order_id: OrderId, site_id: SiteId, number: str) -> None:
        """Note that an order was cancelled."""
        ...


class TermsRepository(Protocol):
    """What may be bought on account."""

    async def agreed(self, buyer: Buyer) -> Agreement | None:
        """Give what was agreed with a customer, locked until the transaction ends."""
        ...

    async def version(self, buyer: Buyer) -> int:
        """Count the changes of what was agreed with a customer, its removal too; locked as well."""
        ...

    async def usual(self, site_id: SiteId) -> SiteTerms:
        """Give what a site says to those with whom nothing was agreed."""
        ...

    async def open_sum(self, buyer: Buyer, currency: str, beside: PaymentId | None) -> int:
        """Add up the customer's open purchase orders but one, in minor units."""
        ...

    async def agree(self, buyer: Buyer, agreement: Agreement) -> None:
        """Keep what was agreed, and note who changed it."""
        ...

    async def disagree(self, buyer: Buyer) -> bool:
        """Remove what was agreed, and note who did; false when nothing was."""
        ...

    async def make_usual(self, site_id: SiteId, terms: SiteTerms) -> None:
        """Keep what a site says to all others, and note who changed it."""
        ...


class ReconciliationRepository(Protocol):
    """Comparisons of the books."""

    async def request(self, hours: int, requested_by: str) -> int:
        """Ask for one that looks back so far, and give its id."""
        ...


class CreditBooks(Protocol):
    """Accounts of gift cards, store credit and the sites themselves."""

    async def open_books(self, site_id: SiteId, kind: AccountKind, currency: str) -> UUID:
        """Give a site's own account, made if there is none."""
        ...

    async def open_credit(self, site_id: SiteId, customer_id: CustomerId, currency: str) -> UUID:
        """Give a customer's store credit at a site, made if there is none."""
        ...

    async def open_card(self, site_id: SiteId, digest: str, currency: str) -> UUID:
        """Make the account of a gift card."""
        ...

    async def account(self, account_id: UUID) -> Account | None:
        """Give an account as it stands; not locked."""
        ...

    async def card(self, digest: str, site_id: SiteId) -> Account | None:
        """Give the account of the gift card whose code has this digest; not locked.

        It is good on every site of the customer set that it was issued on, and on no other: sets
        are brands, and know nothing of each other.
        """
        ...

    async def made(self, key: str) -> Mapping[UUID, int] | None:
        """Give the entries of the transfer with this key; none when it was not made."""
        ...

    async def transfer(self, transfer: Transfer, owed: UUID) -> bool:
        """Move the money; false when it was moved before under the same key.

        Raises:
            NotEnoughCredit: An account other than ``owed`` has not so much; nothing moves.
        """
        ...
