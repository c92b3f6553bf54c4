"""Who may do what, and what a request works with."""

from typing import Annotated
from uuid import UUID

from chassis.auth import needs
from chassis.problems import FieldError, Problem, not_found
from chassis.requests import unit_of_work
from chassis.scope import Scope
from fastapi import Depends, Request

from subscribers.domain.addresses import UrlRefused
from subscribers.domain.archive import Archive
from subscribers.domain.endpoint import Endpoint
from subscribers.gateways.now import SendNow
from subscribers.gateways.seal import Seal
from subscribers.handlers.unit_of_work import UnitOfWork
from subscribers.queries.scoped import sees_everything

PREFIX = "/api/subscribers/v1"

Work = Annotated[UnitOfWork, Depends(unit_of_work, scope="function")]
"""One transaction for one request, committed before the response is sent."""


async def reader(scope: Annotated[Scope, Depends(needs("subscribers.read"))]) -> Scope:
    """Give the scope of someone who may look at everything here."""
    sees_everything(scope)
    return scope


async def writer(scope: Annotated[Scope, Depends(needs("subscribers.write"))]) -> Scope:
    """Give the scope of someone who may change everything here."""
    sees_everything(scope)
    return scope


Reader = Annotated[Scope, Depends(reader)]
Writer = Annotated[Scope, Depends(writer)]


async def locked_endpoint(endpoint_id: UUID, scope: Writer, uow: Work) -> Endpoint:
    """Give the endpoint that a request changes, locked until its transaction ends."""
    del scope
    endpoint = await uow.endpoints.get(endpoint_id)
    if endpoint is None:
        raise not_found("endpoint")
    return endpoint


Locked = Annotated[Endpoint, Depends(locked_endpoint, scope="function")]


async def archive(request: Request) -> Archive:
    """Give the archive of events."""
    found: Archive = request.app.state.archive
    return found


async def send_now(request: Request) -> SendNow:
    """Give what sends at once."""
    found: SendNow = request.app.state.send_now
    return found


async def seal(request: Request) -> Seal:
    """Give what seals the secrets that sign."""
    found: Seal = request.app.state.seal
    return found


Sealing = Annotated[Seal, Depends(seal)]
Archived = Annotated[Archive, Depends(archive)]
Sending = Annotated[SendNow, Depends(send_now)]


async def wrong_with_url(url: str, sending: SendNow) -> Problem | None:
    """Say why a webhook may not go there: a 422 that names the field.

    To be asked before the database is: its name is looked up, which may take seconds.
    """
    try:
        await sending.check(url)
    except UrlRefused as refused:
        wrong = FieldError("/url", refused.code, str(refused))
        return Problem(422, refused.code, str(refused), [wrong])
    return None
