"""The archive of events over HTTP, and the description of every event."""

from functools import cache
from typing import Annotated

from annotated_types import Ge, Le
from chassis.http import MAX_PAGE
from chassis.problems import FieldError, Problem
from contracts import asyncapi
from contracts.patterns import MOST_PATTERNS
from fastapi import APIRouter, Query
from pydantic import AwareDatetime
from pydantic_core import to_json
from starlette.responses import JSONResponse, Response

from subscribers.api.access import PREFIX, Archived, Reader
from subscribers.api.bodies import MAX_POSITION, PatternText, patterns_of
from subscribers.domain.archive import ArchiveAway
from subscribers.queries.events import EventPage, events

router = APIRouter(prefix=PREFIX, tags=["events"])

_After = Query(description="A position; 0, or neither this nor a time: the oldest that is kept.")
_From = Query(description="What has happened since.")
_Types = Query(
    alias="type", description="Only these: types or patterns over them.", max_length=MOST_PATTERNS
)


@router.get("/events")
async def get_events(  # noqa: PLR0913, PLR0917 - each is a parameter of the query
    scope: Reader,
    archive: Archived,
    after: Annotated[int | None, _After, Ge(0), Le(MAX_POSITION)] = None,
    from_time: Annotated[AwareDatetime | None, _From] = None,
    types: Annotated[list[PatternText], _Types] = [],  # noqa: B006 - never changed
    limit: Annotated[int, Query(description="Events at most."), Ge(1), Le(MAX_PAGE)] = 50,
) -> EventPage:
    """Give events of all services in the order of their publication; ask on with ``next``."""
    if after is not None and from_time is not None:
        detail = "give either after or from_time"
        wrong = FieldError(None, "INVALID_VALUE", detail, parameter="query: from_time")
        raise Problem(422, "INVALID_REQUEST", detail, [wrong])
    start = from_time if from_time is not None else after or 0
    try:
        return await events(scope, archive, start, patterns=patterns_of(types), limit=limit)
    except ArchiveAway as away:
        raise archive_away() from away


def archive_away() -> Problem:
    """Give the problem of an archive that does not answer."""
    detail = "the archive of events cannot be reached just now"
    return Problem(503, "ARCHIVE_AWAY", detail, headers={"Retry-After": "5"})


@cache
def _document() -> bytes:
    return to_json(asyncapi.document())


class AsyncApiResponse(JSONResponse):
    """Says what the document is."""

    media_type = "application/vnd.aai.asyncapi+json"


@router.get("/asyncapi", response_class=AsyncApiResponse)
async def get_asyncapi() -> Response:
    """Give the AsyncAPI 3.1 document of every message; it needs no token."""
    return Response(_document(), media_type=AsyncApiResponse.media_type)
