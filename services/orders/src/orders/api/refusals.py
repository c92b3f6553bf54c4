"""How this service's "no" reads over HTTP."""

from collections.abc import Awaitable, Callable
from typing import cast

from chassis.http import Stale, etag
from chassis.problems import FieldError, Problem, not_found
from fastapi import FastAPI, Request
from starlette.responses import Response

from orders.domain.differences import Differences
from orders.domain.errors import (
    BeingEdited,
    CartChanged,
    CartTakenOver,
    LeaseHeld,
    LinkClosed,
    NoSuchPart,
    NotAcceptable,
    NotADraft,
    NotSubmitted,
    OrderError,
    PricesChanged,
    ReferenceTaken,
    StaleTerms,
    StaleVersion,
    Unfinished,
)
from orders.domain.order import Order
from orders.handlers.visits import Visit
from orders.queries.differences import DifferencesView
from orders.queries.storefront import StorefrontOrderView
from orders.queries.views import OrderView


def problem_of(error: OrderError) -> Problem:
    """Give the problem to answer with.

    Raises:
        OrderError: The same, when it is a fault.
    """
    match error:
        case NotAcceptable():
            return _not_acceptable(error)
        case NoSuchPart():
            return not_found(error.what)
        case StaleVersion(current=Order() as order):
            return Stale(OrderView.of(order), order.version)
        case StaleVersion(current=Visit() as seen):
            view = StorefrontOrderView.of(seen.order, seen.link.expires_at)
            return Stale(view, seen.order.version)
        case StaleTerms(version=version):
            return Problem(412, "STALE", str(error), headers={"ETag": etag(version)})
        case _:
            return _conflict(error)


def _conflict(error: OrderError) -> Problem:
    match error:
        case NotADraft():
            return Problem(409, "ORDER_NOT_DRAFT", str(error), state=error.state)
        case NotSubmitted() | Unfinished():
            return Problem(409, error.code, str(error))
        case LeaseHeld():
            held = {"staff_id": error.staff_id, "until": error.until.isoformat()}
            return Problem(409, "LEASE_HELD", str(error), lease=held)
        case ReferenceTaken():
            wrong = FieldError("/external_reference", "EXTERNAL_REFERENCE_TAKEN", str(error))
            return Problem(409, wrong.code, str(error), [wrong], order_id=str(error.order_id))
        case PricesChanged(differences=Differences() as found):
            told = DifferencesView.of(found).model_dump(mode="json")
            errors = [
                FieldError(line.pointer, "PRICE_CHANGED", f"{line.name} costs something else now")
                for line in found.lines
            ]
            return Problem(409, "PRICE_CHANGED", str(error), errors, differences=told)
        case _:
            return _in_other_hands(error)


def _in_other_hands(error: OrderError) -> Problem:
    """Say that the customer, or staff in their place, have what was asked for, or no longer."""
    match error:
        case CartTakenOver():
            held = {"staff_id": error.staff_id, "order_id": str(error.order_id)}
            return Problem(409, "CART_TAKEN_OVER", str(error), taken_over=held)
        case CartChanged():
            return Problem(409, "CART_CHANGED", str(error))
        case BeingEdited():
            return Problem(409, "ORDER_BEING_EDITED", str(error), headers={"Retry-After": "60"})
        case LinkClosed():
            return Problem(410, error.code, str(error))
        case _:
            raise error


def _not_acceptable(error: NotAcceptable) -> Problem:
    codes = {fault.code for fault in error.faults}
    code = codes.pop() if len(codes) == 1 else "INVALID_ORDER"
    errors = [FieldError(fault.pointer, fault.code, fault.detail) for fault in error.faults]
    return Problem(422, code, str(error), errors)


async def _answer(_request: Request, error: OrderError) -> Response:
    return problem_of(error).response()


def install_refusals(app: FastAPI) -> None:
    """Answer what the domain refuses with a problem."""
    handler = cast("Callable[[Request, Exception], Awaitable[Response]]", _answer)
    app.add_exception_handler(OrderError, handler)
