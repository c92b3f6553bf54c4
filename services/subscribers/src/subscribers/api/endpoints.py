"""Webhook endpoints over HTTP."""

from typing import Annotated
from uuid import UUID

from annotated_types import Ge, Lt
from chassis.http import (
    IfMatch,
    Once,
    Page,
    Paged,
    Stale,
    answer,
    etag,
    page_of,
)
from chassis.idempotency import Made
from chassis.problems import not_found
from chassis.requests import InTransaction, Reading
from fastapi import APIRouter, status
from starlette.responses import Response

from subscribers.api.access import (
    PREFIX,
    Reader,
    Sealing,
    Sending,
    Work,
    Writer,
    locked_endpoint,
    wrong_with_url,
)
from subscribers.api.bodies import EndpointChange, EndpointMade, NewEndpoint, patterns_of
from subscribers.handlers.endpoints import Wish, change, new_secret, register
from subscribers.queries.endpoints import EndpointView, endpoint, list_endpoints

router = APIRouter(prefix=f"{PREFIX}/endpoints", tags=["endpoints"])

_Place = Annotated[int, Ge(0), Lt(2**63)]


@router.post("", status_code=status.HTTP_201_CREATED, response_model=EndpointMade)
async def post_endpoint(  # noqa: PLR0913, PLR0917 - each comes from the framework
    body: NewEndpoint,
    scope: Writer,
    sending: Sending,
    sealing: Sealing,
    once: Once,
    uow: Work,
    tx: InTransaction,
) -> Response:
    """Register an endpoint; it gets what happens from now on.

    The secret is in this answer and nowhere else: a repeat under the same key answers without it.
    Whoever has lost it makes a new one.
    """
    secret = new_secret()
    refused = await wrong_with_url(body.url, sending)

    async def work() -> Made:
        # Raised within: a request that was answered before is answered the same.
        if refused is not None:
            raise refused
        made = await register(
            body.name, body.url, patterns_of(body.types), sealing.close(secret), uow
        )
        view = await endpoint(scope, tx.session, made.endpoint_id)
        if view is None:
            raise not_found("endpoint")
        shown = EndpointMade(**view.model_dump(), secret=secret)
        where = f"{PREFIX}/endpoints/{made.endpoint_id}"
        return 201, shown, {"Location": where, "ETag": etag(view.version)}

    return await once.run(work, shown_once=("secret",))


@router.get("")
async def get_endpoints(scope: Reader, session: Reading, page: Paged) -> Page[EndpointView]:
    """List endpoints in the order of their registration."""
    key = page.key(_Place)
    rows = await list_endpoints(scope, session, after=key[0] if key else 0, limit=page.limit + 1)
    found = page_of(rows, page.limit, key=lambda row: (row[0],))
    return Page(items=[view for _, view in found.items], next=found.next)


@router.get("/{endpoint_id}", response_model=EndpointView)
async def get_endpoint(endpoint_id: UUID, scope: Reader, session: Reading) -> Response:
    """Give an endpoint: what waits for it, since when it fails, whether it was disabled."""
    view = await endpoint(scope, session, endpoint_id)
    if view is None:
        raise not_found("endpoint")
    return answer(view, headers={"ETag": etag(view.version)})


@router.patch("/{endpoint_id}", response_model=EndpointView)
async def patch_endpoint(  # noqa: PLR0913, PLR0917 - each comes from the framework
    endpoint_id: UUID,
    body: EndpointChange,
    version: IfMatch,
    scope: Writer,
    sending: Sending,
    uow: Work,
    tx: InTransaction,
) -> Response:
    """Change name, address or event types; what is queued already stays."""
    refused = None if body.url is None else await wrong_with_url(body.url, sending)
    found = await locked_endpoint(endpoint_id, scope, uow)
    if version is not None and version != found.version:
        current = await endpoint(scope, tx.session, endpoint_id)
        if current is not None:
            raise Stale(current, current.version)
    if refused is not None and body.url != found.url:
        raise refused
    types = None if body.types is None else patterns_of(body.types)
    await change(found, Wish(body.name, body.url, types), uow)
    return await shown(endpoint_id, scope, tx)


@router.delete("/{endpoint_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_endpoint(endpoint_id: UUID, scope: Writer, uow: Work) -> None:
    """Forget an endpoint, its secrets and its delivery log."""
    del scope
    if not await uow.endpoints.remove(endpoint_id):
        raise not_found("endpoint")


async def shown(
    endpoint_id: UUID, scope: Writer, tx: InTransaction, status_code: int = 200
) -> Response:
    """Answer with an endpoint as it is now."""
    view = await endpoint(scope, tx.session, endpoint_id)
    if view is None:
        raise not_found("endpoint")
    return answer(view, status_code, headers={"ETag": etag(view.version)})
