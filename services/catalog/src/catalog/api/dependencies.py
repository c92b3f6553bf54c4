"""What this service's endpoints are given."""

from typing import Annotated

from chassis.auth import needs
from chassis.problems import FieldError, Problem
from chassis.requests import Reading, unit_of_work
from chassis.scope import Scope
from fastapi import Depends, Query

from catalog.api.fields import Code
from catalog.domain.errors import Shared, Unfit
from catalog.handlers.unit_of_work import UnitOfWork
from catalog.queries.scoped import seen_site
from catalog.queries.stock import seen_location

PREFIX = "/api/catalog/v1"

Work = Annotated[UnitOfWork, Depends(unit_of_work, scope="function")]
"""One transaction for one request, committed before the response is sent."""
Reader = Annotated[Scope, Depends(needs("catalog.read"))]
Writer = Annotated[Scope, Depends(needs("catalog.write"))]
VoucherMaker = Annotated[Scope, Depends(needs("catalog.vouchers"))]
StockKeeper = Annotated[Scope, Depends(needs("stock.write"))]


def unknown_site(code: str) -> Problem:
    """Give the problem for a site in the query that is unknown, or out of scope."""
    wrong = FieldError(None, "UNKNOWN_SITE", f"there is no site {code}", parameter="query: site")
    return Problem(404, "UNKNOWN_SITE", wrong.detail, [wrong])


def unknown_location(code: str) -> Problem:
    """Give the problem for a location in the query that is unknown, or out of scope."""
    detail, name = f"there is no location {code}", "query: location"
    return Problem(
        404,
        "UNKNOWN_LOCATION",
        detail,
        [FieldError(None, "UNKNOWN_LOCATION", detail, parameter=name)],
    )


async def _of_site(
    scope: Reader,
    session: Reading,
    site: Annotated[Code | None, Query(description="Only those of this site.")] = None,
) -> str | None:
    if site is not None and await seen_site(scope, session, site) is None:
        raise unknown_site(site)
    return site


async def _at_location(
    scope: Reader,
    session: Reading,
    location: Annotated[Code | None, Query(description="Only those of this location.")] = None,
) -> str | None:
    if location is not None and await seen_location(scope, session, location) is None:
        raise unknown_location(location)
    return location


OfSite = Annotated[str | None, Depends(_of_site, scope="function")]
"""Code of a site that a list is narrowed to; one that there is not, is no empty list."""
AtLocation = Annotated[str | None, Depends(_at_location, scope="function")]
"""The same of a location."""


def unknown_in_query(what: str, code: str, name: str) -> Problem:
    """Give the problem for what a list is narrowed to, when there is no such thing."""
    detail, told = f"there is no {what} {code}", f"UNKNOWN_{what.upper()}"
    return Problem(404, told, detail, [FieldError(None, told, detail, parameter=f"query: {name}")])


def at_fault(code: str, detail: str, pointers: dict[str, str]) -> Problem:
    """Give the 422 that names fields: JSON pointer to what is wrong there."""
    return Problem(
        422, code, detail, [FieldError(pointer, code, why) for pointer, why in pointers.items()]
    )


def unfit(error: Unfit) -> Problem:
    """Give the 422 that names every field that cannot stand; its code is the first one's."""
    return Problem(422, error.faults[0].code, str(error), field_errors(error))


def shared(error: Shared) -> Problem:
    """Give the 403 for who would change what holds on sites of others, too."""
    return Problem(403, error.code, str(error))


def field_errors(error: Unfit) -> list[FieldError]:
    """Give what is wrong, field by field."""
    return [FieldError(fault.pointer, fault.code, fault.detail) for fault in error.faults]
