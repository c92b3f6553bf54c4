"""A customer's addresses over HTTP; each answer is the customer as it then is."""

from collections.abc import Mapping
from uuid import UUID

from chassis.http import Once, answer, etag
from fastapi import APIRouter, Response

from customers.api.dependencies import PREFIX, ChangingCustomer
from customers.api.entries import AddressBody
from customers.domain.addresses import AddressId
from customers.handlers.addresses import add_address, remove_address, replace_address
from customers.queries.views import CustomerView

router = APIRouter(prefix=f"{PREFIX}/customers/{{customer_id}}/addresses", tags=["addresses"])


@router.post("", status_code=201, response_model=CustomerView)
async def post_address(body: AddressBody, change: ChangingCustomer, once: Once) -> Response:
    """Add an address, as the customer's last; a default it claims passes to it."""

    async def make() -> tuple[int, CustomerView, Mapping[str, str]]:
        view = await change.made(
            add_address(
                change.customer_id,
                body.entry(),
                change.scope.sites,
                change.work,
                seen=change.seen,
            )
        )
        location = f"{PREFIX}/customers/{view.id}/addresses/{view.addresses[-1].id}"
        return 201, view, {"Location": location, "ETag": etag(view.version)}

    return await once.run(make)


@router.put("/{address_id}", response_model=CustomerView)
async def put_address(address_id: UUID, body: AddressBody, change: ChangingCustomer) -> Response:
    """Replace an address; the last default cannot stop to be one (CU-2)."""
    view = await change.made(
        replace_address(
            (change.customer_id, AddressId(address_id)),
            body.entry(),
            change.scope.sites,
            change.work,
            seen=change.seen,
        )
    )
    return answer(view, headers={"ETag": etag(view.version)})


@router.delete("/{address_id}", response_model=CustomerView)
async def delete_address(address_id: UUID, change: ChangingCustomer) -> Response:
    """Remove an address that is no default (CU-2)."""
    view = await change.made(
        remove_address(
            (change.customer_id, AddressId(address_id)),
            change.scope.sites,
            change.work,
            seen=change.seen,
        )
    )
    return answer(view, headers={"ETag": etag(view.version)})
