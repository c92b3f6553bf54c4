"""What staff do with endpoints."""

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from contracts.patterns import Pattern
from contracts.subscribers.events import EndpointDisabled
from contracts.values import new_id

from subscribers.domain.endpoint import Endpoint, NotYet, Secret
from subscribers.handlers.unit_of_work import UnitOfWork

_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Wish:
    """What an endpoint should be; what is none stays as it is."""

    name: str | None = None
    url: str | None = None
    types: tuple[Pattern, ...] | None = None


def new_secret() -> str:
    """Make a secret as Standard Webhooks writes it."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


async def register(
    name: str, url: str, types: tuple[Pattern, ...], sealed: str, uow: UnitOfWork
) -> Endpoint:
    """Register an endpoint that signs with a sealed secret; it gets what happens from now on."""
    now = await uow.endpoints.now()
    signing = [Secret(new_id(), sealed, now)]
    endpoint = Endpoint(new_id(), name, url, types, since=now, secrets=signing)
    await uow.endpoints.add(endpoint)
    return endpoint


async def change(endpoint: Endpoint, wish: Wish, uow: UnitOfWork) -> None:
    if endpoint.change(name=wish.name, url=wish.url, types=wish.types):
        await uow.endpoints.save(endpoint)


async def rotate(endpoint: Endpoint, overlap: timedelta, sealed: str, uow: UnitOfWork) -> Secret:
    """Sign with a new, sealed secret too, and after ``overlap`` with it alone.

    Raises:
        SecretsFull: Two are valid.
    """
    now = await uow.endpoints.now()
    secret = Secret(new_id(), sealed, now)
    endpoint.rotate(secret, old_until=now + overlap)
    await uow.endpoints.save(endpoint)
    return secret


async def disable(endpoint: Endpoint, reason: str, uow: UnitOfWork) -> None:
    """Send nothing more, and tell everyone; what waits stays."""
    failing_since = endpoint.failing_since
    now = await uow.endpoints.now()
    if endpoint.disable(reason, now):
        await uow.endpoints.save(endpoint)
        uow.outbox.publish(
            EndpointDisabled(
                endpoint_id=endpoint.endpoint_id,
                name=endpoint.name,
                reason=reason,
                failing_since=failing_since,
                disabled_at=now,
            )
        )


async def enable(endpoint: Endpoint, uow: UnitOfWork, *, catch_up: bool) -> None:
    """Send again, beginning with what waits."""
    if endpoint.enable(await uow.endpoints.now(), catch_up=catch_up):
        await uow.endpoints.save(endpoint)
        await uow.endpoints.due(endpoint.endpoint_id)


async def replay(
    endpoint: Endpoint, uow: UnitOfWork, *, after: int | None, since: datetime | None
) -> None:
    """Send everything from a point on again; what waits comes in its turn of that.

    Raises:
        IsDisabled: Nothing would be sent.
        NotYet: ``since`` lies ahead.
    """
    if since is not None and since > await uow.endpoints.now():
        raise NotYet
    endpoint.send_back(after=after, since=since)
    await uow.deliveries.supersede(endpoint.endpoint_id)
    await uow.endpoints.save(endpoint)
    await uow.endpoints.due(endpoint.endpoint_id)


async def retry(endpoint_id: UUID, uow: UnitOfWork) -> None:
    """Send what waits first now, instead of after its rest."""
    await uow.endpoints.due(endpoint_id)
