"""What is done with an endpoint besides changing it."""

from datetime import timedelta
from uuid import UUID

from chassis.http import Once
from chassis.idempotency import Made
from chassis.problems import FieldError, Problem, not_found
from chassis.requests import InTransaction, Reading
from fastapi import APIRouter, status
from starlette.responses import Response

from subscribers.api.access import PREFIX, Archived, Locked, Reader, Sealing, Sending, Work, Writer
from subscribers.api.bodies import Disabling, Enabling, Replay, Rotation, SecretShown
from subscribers.api.endpoints import shown
from subscribers.api.events import archive_away
from subscribers.domain.archive import ArchiveAway
from subscribers.domain.endpoint import IsDisabled, NotYet, SecretsFull
from subscribers.handlers import endpoints as handlers
from subscribers.queries.deliveries import DeliveryDetail, delivery
from subscribers.queries.endpoints import EndpointView

router = APIRouter(prefix=f"{PREFIX}/endpoints/{{endpoint_id}}", tags=["endpoints"])


def disabled() -> Problem:
    """Give the problem of an endpoint to which nothing is sent."""
    return Problem(409, "ENDPOINT_DISABLED", "the endpoint is disabled; enable it first")


@router.post("/secrets", status_code=status.HTTP_201_CREATED, response_model=SecretShown)
async def post_secret(
    found: Locked, sealing: Sealing, once: Once, uow: Work, body: Rotation | None = None
) -> Response:
    """Make a new secret; the present one signs too until the overlap is over.

    It is in this answer and nowhere else: a repeat under the same key answers without it.
    """
    secret = handlers.new_secret()

    async def work() -> Made:
        overlap = timedelta(hours=(body or Rotation()).overlap_hours)
        try:
            made = await handlers.rotate(found, overlap, sealing.close(secret), uow)
        except SecretsFull as full:
            raise Problem(409, "TWO_SECRETS_VALID", str(full)) from full
        view = SecretShown(id=made.secret_id, secret=secret, created_at=made.created_at)
        return 201, view, {}

    return await once.run(work, shown_once=("secret",))


@router.post("/disabling", response_model=EndpointView)
async def post_disabling(
    body: Disabling, found: Locked, scope: Writer, uow: Work, tx: InTransaction
) -> Response:
    """Send nothing more until it is enabled; what is queued stays."""
    await handlers.disable(found, body.reason, uow)
    return await shown(found.endpoint_id, scope, tx)


@router.post("/enabling", response_model=EndpointView)
async def post_enabling(
    found: Locked, scope: Writer, uow: Work, tx: InTransaction, body: Enabling | None = None
) -> Response:
    """Send again: what is queued, and what has happened meanwhile unless it is not wanted."""
    await handlers.enable(found, uow, catch_up=(body or Enabling()).catch_up)
    return await shown(found.endpoint_id, scope, tx)


@router.post("/replay", status_code=status.HTTP_202_ACCEPTED, response_model=EndpointView)
async def post_replay(  # noqa: PLR0913, PLR0917 - each is a part of the request
    body: Replay, found: Locked, scope: Writer, uow: Work, tx: InTransaction, archive: Archived
) -> Response:
    """Send everything from a position or a time on again, in order, under the same ids."""
    try:
        if body.after and not await archive.read(body.after - 1, limit=1):
            raise _ahead("after", "there is no such position yet; GET /events tells the newest")
        await handlers.replay(found, uow, after=body.after, since=body.from_time)
    except ArchiveAway as away:
        raise archive_away() from away
    except NotYet as error:
        raise _ahead("from_time", str(error)) from error
    except IsDisabled as error:
        raise disabled() from error
    return await shown(found.endpoint_id, scope, tx, 202)


def _ahead(field: str, detail: str) -> Problem:
    """Give the problem of a replay from where nothing is: the endpoint would get nothing at all."""
    error = FieldError(f"/{field}", "AHEAD_OF_THE_ARCHIVE", detail)
    return Problem(422, "INVALID_REQUEST", detail, [error])


@router.post("/retry", status_code=status.HTTP_202_ACCEPTED, response_model=EndpointView)
async def post_retry(found: Locked, scope: Writer, uow: Work, tx: InTransaction) -> Response:
    """Send what waits first now, instead of after its rest."""
    if found.disabled is not None:
        raise disabled()
    await handlers.retry(found.endpoint_id, uow)
    return await shown(found.endpoint_id, scope, tx, 202)


@router.post("/test-event")
async def post_test_event(
    endpoint_id: UUID, scope: Writer, reader: Reader, session: Reading, sending: Sending
) -> DeliveryDetail:
    """Send a test event at once, also while disabled, and give what came of it."""
    del scope
    sent = await sending.test(endpoint_id, reader.staff_id)
    found = None if sent is None else await delivery(reader, session, sent)
    if found is None:
        raise not_found("endpoint")
    return found
