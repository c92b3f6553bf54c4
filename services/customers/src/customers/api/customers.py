"""Customers over HTTP, one at a time."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from chassis.auth import needs
from chassis.http import Once, answer, etag
from chassis.requests import Reading
from chassis.scope import Scope
from contracts.values import CustomerId
from fastapi import APIRouter, Depends, Response
from pydantic_core import to_json

from customers.api.dependencies import (
    PREFIX,
    Changing,
    ChangingCustomer,
    CustomerChange,
    Reader,
    Writer,
    seen_customer,
)
from customers.api.entries import CorrectionBody, CustomerBody, DisablingBody
from customers.api.refusals import gone, refusals
from customers.domain.errors import CustomerIsErased
from customers.handlers.customers import (
    Correction,
    correct_customer,
    create_customer,
    disable_customer,
)
from customers.handlers.erasure import erase_customer
from customers.queries.views import CustomerView

router = APIRouter(prefix=f"{PREFIX}/customers", tags=["customers"])

Eraser = Annotated[Scope, Depends(needs("customers.erase"))]


@router.post("", status_code=201, response_model=CustomerView)
async def post_customer(
    body: CustomerBody, scope: Writer, change: Changing, once: Once
) -> Response:
    """Make a customer; all that is wrong with the request is told in one answer (CU-3)."""

    async def make() -> tuple[int, CustomerView, Mapping[str, str]]:
        now = datetime.now(UTC)
        with refusals():
            made = await create_customer(
                body.site or "", body.entry(), now, scope.sites, change.work
            )
        view = await seen_customer(scope, change.session, made.customer_id)
        location = f"{PREFIX}/customers/{view.id}"
        return 201, view, {"Location": location, "ETag": etag(view.version)}

    return await once.run(make)


@router.get("/{customer_id}", response_model=CustomerView)
async def get_customer(customer_id: UUID, scope: Reader, session: Reading) -> Response:
    """Give a customer's details without choosing them (SE-3)."""
    view = await seen_customer(scope, session, CustomerId(customer_id))
    return answer(view, headers={"ETag": etag(view.version)})


@router.patch("/{customer_id}", response_model=CustomerView)  # noqa: FAST003 - the change reads it
async def patch_customer(body: CorrectionBody, change: ChangingCustomer) -> Response:
    """Change a customer's details, or move the customer to another set (CS-4)."""
    correction = Correction(
        body.given(), datetime.now(UTC), body.site, body.customer_set, body.consent
    )
    view = await change.made(
        correct_customer(
            change.customer_id, correction, change.scope.sites, change.work, seen=change.seen
        )
    )
    return answer(view, headers={"ETag": etag(view.version)})


@router.post("/{customer_id}/disabling", response_model=CustomerView)  # noqa: FAST003 - as above
async def post_disabling(body: DisablingBody, change: ChangingCustomer) -> Response:
    """Take a customer out of use for orders, or back into it."""
    view = await change.made(
        disable_customer(
            change.customer_id,
            change.scope.sites,
            change.work,
            disabled=body.disabled,
            seen=change.seen,
        )
    )
    return answer(view, headers={"ETag": etag(view.version)})


@router.post("/{customer_id}/erasure", response_model=CustomerView)
async def post_erasure(customer_id: UUID, scope: Eraser, change: Changing) -> Response:
    """Remove all that is personal of a customer, for good; orders can still be read."""
    document = gone(CustomerIsErased()).document()
    document.pop("trace_id", None)
    this = CustomerChange(CustomerId(customer_id), scope, change.work, change.session, change.seen)
    view = await this.made(
        erase_customer(
            this.customer_id,
            datetime.now(UTC),
            to_json(document).decode(),
            scope.sites,
            change.work,
            seen=change.seen,
        )
    )
    return answer(view, headers={"ETag": etag(view.version)})
