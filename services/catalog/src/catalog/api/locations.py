from typing import Annotated

from chassis.http import Body, IfMatch, Page, Paged, Stale, answer, etag, page_of
from chassis.problems import not_found
from chassis.requests import Reading
from fastapi import APIRouter, Path, Response
from pydantic import Field

from catalog.api.dependencies import PREFIX, Reader, Work, Writer, at_fault, shared, unfit
from catalog.api.fields import Code, Flag, Name, Priority
from catalog.domain.errors import Shared, StaleVersion, Unfit, UnknownLocation, UnknownSites
from catalog.domain.locations import Terms
from catalog.handlers.locations import KeptLocation, PutLocation, put_location
from catalog.queries.locations import LocationView, list_locations, location

router = APIRouter(prefix=f"{PREFIX}/locations", tags=["locations"])
LocationCode = Annotated[Code, Path()]


class LocationBody(Body):
    """A location; of the caller's sites, it serves exactly those named."""

    name: Name
    sites: Annotated[list[Code], Field(max_length=1000, description="Site codes.")]
    ships: Flag = True
    pickup: Flag = False
    delivery: Flag = False
    priority: Annotated[Priority, Field(description="The lowest ships first.")] = 100


@router.put("/{code}", response_model=LocationView, responses={201: {"model": LocationView}})
async def put_location_here(
    code: LocationCode, body: LocationBody, version: IfMatch, scope: Writer, work: Work
) -> Response:
    """Make a location, or change what it does and whom it serves."""
    terms = Terms(body.name, body.ships, body.pickup, body.delivery, body.priority)
    try:
        kept = await put_location(
            PutLocation(code, terms, set(body.sites), scope.sites, version), work
        )
    except UnknownSites as error:
        unknown = {
            f"/sites/{place}": f"there is no site {site}"
            for place, site in enumerate(body.sites)
            if site in error.codes
        }
        raise at_fault("UNKNOWN_SITE", str(error), unknown) from error
    except Unfit as error:
        raise unfit(error) from error
    except UnknownLocation as error:
        raise not_found("location") from error
    except Shared as error:
        raise shared(error) from error
    except StaleVersion as error:
        if not isinstance(error.current, KeptLocation):
            raise not_found("location") from error
        raise Stale(_view(error.current), error.current.location.version) from error
    headers = {"ETag": etag(kept.location.version)}
    return answer(_view(kept), 201 if kept.created else 200, headers)


@router.get("/{code}", response_model=LocationView)
async def get_location(code: LocationCode, scope: Reader, session: Reading) -> Response:
    """Give a location."""
    found = await location(scope, session, code)
    if found is None:
        raise not_found("location")
    return answer(found, headers={"ETag": etag(found.version)})


@router.get("")
async def get_locations(scope: Reader, session: Reading, paged: Paged) -> Page[LocationView]:
    """List locations by code."""
    key = paged.key(str)
    rows = await list_locations(
        scope, session, after=None if key is None else key[0], limit=paged.limit + 1
    )
    return page_of(rows, paged.limit, lambda row: (row.code,))


def _view(kept: KeptLocation) -> LocationView:
    terms = kept.location.terms
    return LocationView(
        code=kept.location.code,
        location_id=kept.location.location_id,
        name=terms.name,
        sites=kept.sites,
        ships=terms.ships,
        pickup=terms.pickup,
        delivery=terms.delivery,
        priority=terms.priority,
        version=kept.location.version,
    )
