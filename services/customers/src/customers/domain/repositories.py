"""How the domain is kept; storage does it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from contracts.values import CustomerId, CustomerSetId, SiteId

from customers.domain.customer import Customer
from customers.domain.details import Consent
from customers.domain.invitations import Invitation
from customers.domain.mails import Mail
from customers.domain.notes import Note, OrderOf
from customers.domain.sites import CustomerSet, Level, Site, Within
from customers.domain.standing import Standing


class CustomerSetRepository(Protocol):
    async def get(self, customer_set_id: CustomerSetId) -> CustomerSet | None:
        """Give a set, locked until the transaction ends."""
        ...

    async def exists(self, customer_set_id: CustomerSetId, within: Within) -> bool:
        """Tell whether there is such a set with, unless all may be seen, a site among these."""
        ...

    async def save(self, customer_set: CustomerSet) -> None:
        """Keep a new or changed set."""
        ...


class SiteRepository(Protocol):
    async def get(self, site_id: SiteId, *, lock: bool = False) -> Site | None:
        """Give a site, locked until the transaction ends if asked."""
        ...

    async def save(self, site: Site, /) -> None:
        """Keep a new or changed site, which is told of in the same transaction."""
        ...

    async def told_before(self, told_as: int) -> SiteId | None:
        """Give a site that was last told as less than this; none: there is none."""
        ...

    async def only(self, within: Within) -> Site | None:
        """Give the one active site among these; none when there are several, or none."""
        ...

    async def of_set(self, customer_set_id: CustomerSetId, within: Within) -> Sequence[Site]:
        """Give the sites of a set among these by code, two at most: one is chosen silently."""
        ...


class LevelRepository(Protocol):
    async def get(self, customer_set_id: CustomerSetId, code: str) -> Level | None:
        """Give a level, locked until the transaction ends."""
        ...

    async def exists(self, customer_set_id: CustomerSetId, code: str) -> bool:
        """Tell whether a set has such a level."""
        ...

    async def of_sites(
        self, asked: Collection[tuple[SiteId, str]]
    ) -> frozenset[tuple[SiteId, str]]:
        """Give those of these sites and codes where the site's set has such a level."""
        ...

    async def save(self, level: Level) -> None:
        """Keep a new or changed level."""
        ...


class NoteRepository(Protocol):
    """What is kept of a customer besides their present state; append-only."""

    async def add(self, note: Note) -> None:
        """Keep a note."""
        ...

    async def add_consent(self, customer_id: CustomerId, said: Consent, by: str) -> None:
        """Keep what a customer has said about offers, and who recorded it."""
        ...


class InvitationRepository(Protocol):
    async def add(self, invitation: Invitation, mail: Mail) -> None:
        """Keep an invitation, in the place of all that were open, and the mail with its link."""
        ...

    async def get(self, token: str) -> Invitation | None:
        """Give the invitation with this link; it changes only while its customer is locked."""
        ...

    async def end(self, invitation: Invitation, at: datetime) -> None:
        """Note that it was used."""
        ...


class MailRepository(Protocol):
    async def add(self, mail: Mail) -> None:
        """Keep a mail that is to be sent; one of its id that is there already stays."""
        ...


class CustomerRepository(Protocol):
    async def get(self, customer_id: CustomerId, within: Within) -> Customer | None:
        """Give a customer, locked until the transaction ends.

        None also when the customer's set has no site among these (SC-1).
        """
        ...

    async def by_id(self, customer_id: CustomerId) -> Customer | None:
        """Give a customer, locked until the transaction ends, to whom no staff member looks."""
        ...

    async def known_as(
        self, customer_set_id: CustomerSetId, *, reference: str | None, email: str | None
    ) -> Customer | None:
        """Give the customer of a set with this external reference, else with this e-mail.

        Locked until the transaction ends.
        """
        ...

    async def next_number(self, customer_set_id: CustomerSetId) -> str:
        """Give the next free customer number of a set; others who want one wait for this one."""
        ...

    async def add(self, customer: Customer, terms: frozenset[str]) -> None:
        """Keep a new customer, to be found by ``terms``.

        Raises:
            EmailTaken: Another of the set has the e-mail.
            ReferenceTaken: Another of the set has the external reference.
        """
        ...

    async def save(self, customer: Customer, terms: frozenset[str]) -> None:
        """Keep a changed customer; raises as ``add`` does."""
        ...

    async def forget(self, customer: Customer, terms: frozenset[str], gone: str) -> None:
        """Keep an erased customer, and delete all else that is personal.

        Notes, consents, invitations and mails go; a repeated request that was answered with
        something personal is answered with the document ``gone`` from now on.
        """
        ...

    async def note_order(self, order: OrderOf) -> None:
        """Keep whose order it is; what is known of it already stands."""
        ...

    async def standing(self, customer_id: CustomerId, site_id: SiteId) -> Standing:
        """Give what decides whether an order may be taken. One statement, no lock."""
        ...

    async def referred(
        self, site_id: SiteId, external_reference: str
    ) -> tuple[bool, CustomerId | None]:
        """Tell whether there is such a site, and who has the reference in its set. No lock."""
        ...

    async def described(
        self, customer_id: CustomerId, site_id: SiteId
    ) -> tuple[Standing, Customer | None]:
        """Give the same, and the customer. One statement, no lock."""
        ...
