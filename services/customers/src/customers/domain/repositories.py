"""How the domain is kept; storage does it."""

from typing import Protocol

from contracts.values import CustomerId, CustomerSetId, SiteId

from customers.domain.customer import Customer
from customers.domain.sites import CustomerSet, Site, Within
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

    async def save(self, site: Site) -> None:
        """Keep a new or changed site."""
        ...


class CustomerRepository(Protocol):
    async def get(self, customer_id: CustomerId, within: Within) -> Customer | None:
        """Give a customer, locked until the transaction ends.

        None also when the customer's set has no site among these (SC-1).
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

    async def standing(self, customer_id: CustomerId, site_id: SiteId) -> Standing:
        """Give what decides whether an order may be taken. One statement, no lock."""
        ...

    async def described(
        self, customer_id: CustomerId, site_id: SiteId
    ) -> tuple[Standing, Customer | None]:
        """Give the same, and the customer. One statement, no lock."""
        ...
