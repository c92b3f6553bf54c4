"""What this service's endpoints are given."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from chassis.auth import CurrentScope, needs
from chassis.http import IfMatch, OnceRunner
from chassis.idempotency import Made
from chassis.problems import FieldError, Problem, not_found
from chassis.requests import Asking, unit_of_work
from chassis.scope import Scope
from contracts.values import OrderId
from fastapi import Depends, Request
from messaging.transport import Asker, Unanswered
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from starlette.responses import Response

from orders.domain.errors import OrderError
from orders.domain.order import Order
from orders.domain.repositories import Numbers
from orders.domain.site import Site
from orders.domain.site_terms import SiteTerms
from orders.handlers.editing import Changing, Priced, foreseen
from orders.handlers.opening import Edit
from orders.handlers.requoting import Requoted, requoted, requoted_if_answered
from orders.handlers.unit_of_work import UnitOfWork
from orders.queries.orders import whole_order
from orders.queries.progress import Progress
from orders.queries.scoped import seen_terms

PREFIX = "/api/orders/v1/orders"

Work = Annotated[UnitOfWork, Depends(unit_of_work, scope="function")]
"""One transaction for one request, committed before the response is sent."""
Reader = Annotated[Scope, Depends(needs("orders.read"))]
Writer = Annotated[Scope, Depends(needs("orders.write"))]
Canceller = Annotated[Scope, Depends(needs("orders.cancel"))]

T = TypeVar("T")

BACKORDER = "orders.backorder"
ADJUST_PRICE = "orders.adjust-price"
KEY_PAYMENT = "payments.key"


def must_be_allowed(scope: Scope, permission: str) -> None:
    """Check a permission that depends on what the request holds.

    Raises:
        Problem: 403 ``PERMISSION_DENIED``, naming it.
    """
    if not scope.may(permission):
        detail = f"this needs the permission {permission}"
        raise Problem(403, "PERMISSION_DENIED", detail, permission=permission)


async def once_prepared(
    once: OnceRunner, prepare: Callable[[], Awaitable[T]], make: Callable[[T], Awaitable[Made]]
) -> Response:
    """Carry a request out once, with what is looked up before anything is locked.

    A key that was answered before is answered the same, whatever is found now.
    """
    try:
        ready = await prepare()
    except (Problem, OrderError, Unanswered) as error:
        reason = error

        async def refuse() -> Made:
            raise reason

        return await once.run(refuse)
    return await once.run(lambda: make(ready))


@dataclass(frozen=True, slots=True)
class Desk:
    """What a request looks up before it opens its transaction, so that nothing waits for it.

    Attributes:
        reading: Each session is given back before anything else is asked or opened.
    """

    reading: async_sessionmaker[AsyncSession]
    asker: Asker
    numbers: Numbers

    async def site(self, scope: Scope, code: str) -> tuple[Site, SiteTerms]:
        """Give a site that a request's body names, with what it has decided.

        Raises:
            Problem: 422 ``UNKNOWN_SITE``.
        """
        async with self.reading() as session:
            found = await seen_terms(scope, session, code)
        if found is None:
            wrong = FieldError("/site", "UNKNOWN_SITE", f"there is no site {code}")
            raise Problem(422, "UNKNOWN_SITE", wrong.detail, [wrong])
        site, _, terms = found
        return site, terms

    async def order(self, scope: Scope, order_id: OrderId) -> Order:
        """Give an order as it is just now.

        Raises:
            Problem: 404, when it is unknown or out of scope.
        """
        async with self.reading() as session:
            found = await whole_order(scope, session, order_id)
        if found is None:
            raise not_found("order")
        return found

    async def foreseen(self, edit: Edit, change: Changing, seen: Order | None = None) -> Priced:
        """Ask the catalog what a change makes of a draft; see ``handlers.editing``.

        ``seen`` is the draft, where it has just been looked at anyway.
        """
        seen = seen or await self.order(edit.scope, edit.order_id)
        return await foreseen(edit, seen, change, self.asker)

    async def requoted(self, edit: Edit, *, complete: bool = True) -> Requoted:
        """Ask customers and catalog about a draft as it is; see ``handlers.requoting``."""
        seen = await self.order(edit.scope, edit.order_id)
        return await requoted(edit, seen, self.asker, complete=complete)

    async def requoted_if_answered(self, edit: Edit) -> Requoted:
        """Ask about a draft that is handed in; see ``handlers.requoting``."""
        seen = await self.order(edit.scope, edit.order_id)
        return await requoted_if_answered(edit, seen, self.asker)


async def desk(request: Request, asker: Asking) -> Desk:
    """Give what a request looks up before its transaction."""
    state = request.app.state
    return Desk(state.runtime.databases.reading, asker, state.numbers)


AtDesk = Annotated[Desk, Depends(desk)]


async def editing(scope: Writer, order_id: OrderId, version: IfMatch) -> Edit:
    """Give which order is edited, by whom, as they have seen it."""
    return Edit(scope, order_id, version)


Editing = Annotated[Edit, Depends(editing)]


async def cancelling(scope: Canceller, order_id: OrderId, version: IfMatch) -> Edit:
    """Give which order is cancelled, by whom, as they have seen it."""
    return Edit(scope, order_id, version)


Cancelling = Annotated[Edit, Depends(cancelling)]


async def progress(request: Request, _scope: CurrentScope) -> Progress:
    """Give what watches submissions in this process."""
    return request.app.state.progress


Watching = Annotated[Progress, Depends(progress)]
