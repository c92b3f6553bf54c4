"""What a request works with: its transaction, its unit of work, reading, asking.

The transaction commits before the response leaves; ``scope="function"`` sees to it. A service
names its own type::

    Work = Annotated[UnitOfWork, Depends(unit_of_work, scope="function")]
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from messaging.direct import Driver
from messaging.outbox import Cause, Outbox
from messaging.transport import Asker
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.auth import CurrentScope


@dataclass(frozen=True, slots=True)
class Transaction:
    """The transaction of one request, and the messages that leave when it commits."""

    session: AsyncSession
    outbox: Outbox


async def transaction(request: Request, scope: CurrentScope) -> AsyncIterator[Transaction]:
    """Run the request in one transaction; rolled back when it ends with an error."""
    async with _begun(request, Cause(staff_id=scope.staff_id)) as begun:
        yield begun


async def public_transaction(request: Request) -> AsyncIterator[Transaction]:
    """Do the same for a request without a token: a secret in it must say what it may do."""
    async with _begun(request, Cause()) as begun:
        yield begun


@asynccontextmanager
async def _begun(request: Request, cause: Cause) -> AsyncGenerator[Transaction]:
    runtime = request.app.state.runtime
    outbox = Outbox(runtime.service.name, runtime.service.tables.outbox, cause)
    async with runtime.databases.work.begin() as session:
        yield Transaction(session, outbox)
        sends = bool(outbox.rows)
        await outbox.write(session)
    if sends:
        runtime.relay.wake.set()


InTransaction = Annotated[Transaction, Depends(transaction, scope="function")]


InPublicTransaction = Annotated[Transaction, Depends(public_transaction, scope="function")]


async def unit_of_work(request: Request, tx: InTransaction) -> Any:  # noqa: ANN401 - each service has its own
    """Give the service's unit of work on the request's transaction."""
    return request.app.state.runtime.service.unit_of_work(tx.session, tx.outbox)


async def public_unit_of_work(request: Request, tx: InPublicTransaction) -> Any:  # noqa: ANN401 - as above
    """Do the same for a request without a token."""
    return request.app.state.runtime.service.unit_of_work(tx.session, tx.outbox)


async def reading(request: Request) -> AsyncIterator[AsyncSession]:
    """Give a session for queries; each statement stands alone and nothing may be written."""
    async with request.app.state.runtime.databases.reading() as session:
        yield session


Reading = Annotated[AsyncSession, Depends(reading, scope="function")]
"""A session for queries, given back before the response leaves."""


Lender = Callable[[], AbstractAsyncContextManager[Driver]]


async def lender(request: Request) -> Lender:
    """Give what lends a connection for queries, which an endpoint gives back itself."""
    return request.app.state.runtime.databases.lent


Lending = Annotated[Lender, Depends(lender)]
"""For the busiest lists: a session, and a dependency to end, take longer than the list itself."""


async def asker(request: Request) -> Asker:
    """Give what puts questions to other services."""
    return request.app.state.runtime.asker


Asking = Annotated[Asker, Depends(asker)]
"""Puts questions to other services; one that does not answer in time becomes a 503."""
