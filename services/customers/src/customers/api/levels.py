"""The levels of a customer set over HTTP (CU-14)."""

from chassis.http import Body, Page, Paged, Stale, answer, etag, page_of
from chassis.problems import not_found
from chassis.requests import Reading
from fastapi import APIRouter, Response

from customers.api.dependencies import PREFIX, Changing, CodeInPath, Reader, SiteWriter
from customers.api.refusals import refusals
from customers.domain.errors import StaleVersion
from customers.handlers.levels import put_level
from customers.queries.sites import LevelView, customer_set, level, list_levels

router = APIRouter(prefix=f"{PREFIX}/customer-sets/{{code}}/levels", tags=["levels"])


class LevelBody(Body):
    """A level of a customer set."""

    name: str


@router.put("/{level_code}", response_model=LevelView, responses={201: {"model": LevelView}})
async def put_level_here(
    code: CodeInPath, level_code: CodeInPath, body: LevelBody, scope: SiteWriter, change: Changing
) -> Response:
    """Make or rename a level."""
    try:
        with refusals():
            _, created = await put_level(
                (code, level_code), body.name, scope.sites, change.work, seen=change.seen
            )
    except StaleVersion as stale:
        current = _there(await level(scope, change.session, code, level_code))
        raise Stale(current, stale.version) from stale
    view = _there(await level(scope, change.session, code, level_code))
    return answer(view, 201 if created else 200, {"ETag": etag(view.version)})


@router.get("/{level_code}", response_model=LevelView)
async def get_level(
    code: CodeInPath, level_code: CodeInPath, scope: Reader, session: Reading
) -> Response:
    """Give a level."""
    view = _there(await level(scope, session, code, level_code))
    return answer(view, headers={"ETag": etag(view.version)})


@router.get("")
async def get_levels(
    code: CodeInPath, scope: Reader, session: Reading, page: Paged
) -> Page[LevelView]:
    """List a customer set's levels by code."""
    if await customer_set(scope, session, code) is None:
        raise not_found("customer set")
    (after,) = page.key(str) or ("",)
    rows = await list_levels(scope, session, code, after=after, limit=page.limit + 1)
    return page_of(rows, page.limit, key=lambda row: (row.code,))


def _there(view: LevelView | None) -> LevelView:
    if view is None:
        raise not_found("level")
    return view
