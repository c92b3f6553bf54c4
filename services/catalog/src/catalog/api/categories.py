from typing import Annotated

from chassis.auth import needs
from chassis.http import Body, IfMatch, Page, Paged, Stale, answer, etag, page_of
from chassis.problems import not_found
from chassis.requests import Reading
from fastapi import APIRouter, Depends, Path, Query, Response

from catalog.api.dependencies import PREFIX, Reader, Work, unfit, unknown_in_query
from catalog.api.fields import Code, Name
from catalog.domain.categories import Category
from catalog.domain.errors import StaleVersion, Unfit
from catalog.handlers.categories import PutCategory, put_category
from catalog.queries.categories import CategoryView, category, list_categories

router = APIRouter(prefix=f"{PREFIX}/categories", tags=["categories"])
CategoryCode = Annotated[Code, Path()]


class CategoryBody(Body):
    """A category, and the one that it is part of."""

    name: Name
    parent: Code | None = None


@router.put(
    "/{code}",
    response_model=CategoryView,
    responses={201: {"model": CategoryView}},
    dependencies=[Depends(needs("catalog.write"))],
)
async def put_category_here(
    code: CategoryCode, body: CategoryBody, version: IfMatch, work: Work
) -> Response:
    """Make a category, or change its name and its place."""
    try:
        kept, created = await put_category(PutCategory(code, body.name, body.parent, version), work)
    except Unfit as error:
        raise unfit(error) from error
    except StaleVersion as error:
        if not isinstance(error.current, Category):
            raise not_found("category") from error
        view = CategoryView.model_validate(error.current)
        raise Stale(view, view.version) from error
    headers = {"ETag": etag(kept.version)}
    return answer(CategoryView.model_validate(kept), 201 if created else 200, headers)


@router.get("/{code}", response_model=CategoryView)
async def get_category(code: CategoryCode, scope: Reader, session: Reading) -> Response:
    """Give a category."""
    found = await category(scope, session, code)
    if found is None:
        raise not_found("category")
    return answer(found, headers={"ETag": etag(found.version)})


@router.get("")
async def get_categories(
    scope: Reader,
    session: Reading,
    paged: Paged,
    parent: Annotated[Code | None, Query(description="Only those that are part of it.")] = None,
) -> Page[CategoryView]:
    """List categories by code."""
    key = paged.key(str)
    after = None if key is None else key[0]
    rows = await list_categories(scope, session, parent=parent, after=after, limit=paged.limit + 1)
    if not rows and parent is not None and await category(scope, session, parent) is None:
        raise unknown_in_query("category", parent, "parent")
    return page_of(rows, paged.limit, lambda row: (row.code,))
