"""What this service's endpoints are given."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from chassis.auth import needs
from chassis.http import NO_CARD, IfMatch, Stale
from chassis.problems import not_found
from chassis.requests import InTransaction, unit_of_work
from chassis.scope import Scope
from contracts.values import CustomerId
from fastapi import Depends, Path
from pydantic import StringConstraints
from sqlalchemy.ext.asyncio import AsyncSession

from customers.api.refusals import refusals
from customers.domain.customer import Customer
from customers.domain.errors import StaleVersion
from customers.handlers.unit_of_work import UnitOfWork
from customers.queries.customers import customer
from customers.queries.views import CustomerView

PREFIX = "/api/customers/v1"

Work = Annotated[UnitOfWork, Depends(unit_of_work, scope="function")]
"""One transaction for one request, committed before the response is sent."""
Reader = Annotated[Scope, Depends(needs("customers.read"))]
Writer = Annotated[Scope, Depends(needs("customers.write"))]
SiteWriter = Annotated[Scope, Depends(needs("sites.write"))]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$"), NO_CARD]
"""Code of a site or customer set."""
CodeInPath = Annotated[Code, Path()]


@dataclass(frozen=True, slots=True)
class Change:
    """What changes are made with.

    Attributes:
        session: The session of the transaction, to read back what was made.
        seen: The version that the caller means to change; none when they do not say.
    """

    work: UnitOfWork
    session: AsyncSession
    seen: int | None


async def _change(work: Work, tx: InTransaction, version: IfMatch) -> Change:
    return Change(work, tx.session, version)


Changing = Annotated[Change, Depends(_change, scope="function")]


@dataclass(frozen=True, slots=True)
class CustomerChange:
    """The same, of the customer that the path names; ``scope`` is the caller's."""

    customer_id: CustomerId
    scope: Scope
    work: UnitOfWork
    session: AsyncSession
    seen: int | None

    async def made(self, change: Awaitable[Customer]) -> CustomerView:
        """Make a change and give the customer as it then is.

        Raises:
            Problem: The domain refused the change.
        """
        try:
            with refusals():
                await change
        except StaleVersion as stale:
            raise Stale(await self._view(), stale.version) from stale
        return await self._view()

    async def _view(self) -> CustomerView:
        return await seen_customer(self.scope, self.session, self.customer_id)


async def _customer_change(customer_id: UUID, scope: Writer, change: Changing) -> CustomerChange:
    return CustomerChange(CustomerId(customer_id), scope, change.work, change.session, change.seen)


ChangingCustomer = Annotated[CustomerChange, Depends(_customer_change, scope="function")]


async def seen_customer(
    scope: Scope, session: AsyncSession, customer_id: CustomerId
) -> CustomerView:
    """Give a customer.

    Raises:
        Problem: 404, when there is none in scope.
    """
    found = await customer(scope, session, customer_id)
    if found is None:
        raise not_found("customer")
    return found
