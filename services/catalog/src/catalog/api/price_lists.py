from typing import Annotated

from chassis.http import Body, IfMatch, Page, Paged, Stale, answer, etag, page_of
from chassis.moments import Moment
from chassis.problems import FieldError, Problem, not_found
from chassis.requests import Reading
from contracts.values import Sku
from fastapi import APIRouter, Path, Query, Response, status
from pydantic import BaseModel, Field

from catalog.api.dependencies import PREFIX, OfSite, Reader, Work, Writer, unfit
from catalog.api.fields import Code, Currency, Flag, Name, Price, SkuText, Units
from catalog.api.levels import Levels
from catalog.domain.errors import NotYours, StaleVersion, Unfit
from catalog.domain.price_lists import ListTerms, PriceListOverlaps
from catalog.domain.validity import Validity
from catalog.handlers.price_lists import (
    AskedEntry,
    KeptPriceList,
    PutPriceList,
    drop_entry,
    drop_price_list,
    put_entries,
    put_price_list,
)
from catalog.queries.price_lists import (
    EntryView,
    PriceListView,
    entries,
    list_price_lists,
    price_list,
)

router = APIRouter(prefix=f"{PREFIX}/price-lists", tags=["price lists"])
ListCode = Annotated[Code, Path()]


class PriceListBody(Body):
    """A price list of one site, in its currency; its site stays what it was first."""

    site: Code
    name: Name
    currency: Currency
    level: Annotated[
        Code | None, Field(description="Applies by itself to customers of this level.")
    ] = None
    valid_from: Moment | None = None
    valid_until: Annotated[
        Moment | None, Field(description="The first moment when it does not hold any more.")
    ] = None
    exclusive: Annotated[Flag, Field(description="Hides products that are not on it.")] = False
    active: Flag = True


class EntryBody(Body):
    """The unit price of a product from ``min_units`` on."""

    sku: SkuText
    min_units: Units = 1
    price: Price
    no_discounts: Annotated[
        Flag, Field(description="No promotion takes anything off lines priced by it.")
    ] = False


class EntriesBody(Body):
    """Prices to be put on a list, beside those that it has."""

    entries: Annotated[list[EntryBody], Field(min_length=1, max_length=1000)]


class EntriesPut(BaseModel):
    """A list after its entries were put; ``version`` has grown if any was new or changed."""

    price_list: str
    version: int


@router.put("/{code}", response_model=PriceListView, responses={201: {"model": PriceListView}})
async def put_price_list_here(
    code: ListCode,
    body: PriceListBody,
    version: IfMatch,
    work: Work,
    levels: Levels,
) -> Response:
    """Make a price list, or change its terms; its entries stay."""
    scope = levels.scope
    if body.level is not None:
        await levels.check({"/level": (body.site, body.level)})
    validity = Validity(body.valid_from, body.valid_until)
    terms = ListTerms(body.name, body.level, validity, body.exclusive, body.active)
    command = PutPriceList(code, body.site, body.currency, terms, scope.sites, version)
    try:
        kept = await put_price_list(command, work)
    except Unfit as error:
        raise unfit(error) from error
    except NotYours as error:
        raise not_found("price list") from error
    except PriceListOverlaps as error:
        code_ = "PRICE_LIST_OVERLAPS"
        wrong = [FieldError("/valid_from", code_, str(error))]
        raise Problem(409, code_, str(error), wrong, price_list=error.code) from error
    except StaleVersion as error:
        raise _stale(error) from error
    headers = {"ETag": etag(kept.price_list.version)}
    return answer(_view(kept), 201 if kept.created else 200, headers)


@router.get("/{code}", response_model=PriceListView)
async def get_price_list(code: ListCode, scope: Reader, session: Reading) -> Response:
    """Give a price list, without its entries."""
    found = await price_list(scope, session, code)
    if found is None:
        raise not_found("price list")
    return answer(found, headers={"ETag": etag(found.version)})


@router.get("")
async def get_price_lists(
    scope: Reader,
    session: Reading,
    paged: Paged,
    site: OfSite,
) -> Page[PriceListView]:
    """List price lists by code."""
    key = paged.key(str)
    after = None if key is None else key[0]
    rows = await list_price_lists(scope, session, site=site, after=after, limit=paged.limit + 1)
    return page_of(rows, paged.limit, lambda row: (row.code,))


@router.delete("/{code}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_price_list(code: ListCode, version: IfMatch, scope: Writer, work: Work) -> None:
    """Drop a price list with its entries."""
    try:
        await drop_price_list(code, scope.sites, version, work)
    except NotYours as error:
        raise not_found("price list") from error
    except StaleVersion as error:
        raise _stale(error) from error


@router.put("/{code}/entries", response_model=EntriesPut)
async def put_entries_here(
    code: ListCode, body: EntriesBody, scope: Writer, work: Work
) -> Response:
    """Put prices on a list, beside those that it has: all of them, or none."""
    asked = [
        AskedEntry(e.sku, e.min_units, e.price, e.no_discounts, f"/entries/{place}")
        for place, e in enumerate(body.entries)
    ]
    try:
        kept = await put_entries(code, asked, scope.sites, work)
    except Unfit as error:
        raise unfit(error) from error
    except NotYours as error:
        raise not_found("price list") from error
    view = EntriesPut(price_list=kept.code, version=kept.version)
    return answer(view, headers={"ETag": etag(kept.version)})


@router.get("/{code}/entries")
async def get_entries(
    code: ListCode, scope: Reader, session: Reading, paged: Paged
) -> Page[EntryView]:
    """List the prices of a list by SKU and units."""
    key = paged.key(str, int)
    after = None if key is None else (key[0], key[1])
    rows = await entries(scope, session, code, after=after, limit=paged.limit + 1)
    if rows is None:
        raise not_found("price list")
    return page_of(rows, paged.limit, lambda row: (row.sku, row.min_units))


@router.delete("/{code}/entries/{sku:path}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_entry(
    code: ListCode,
    sku: SkuText,
    scope: Writer,
    work: Work,
    min_units: Annotated[int | None, Query(ge=1, le=10_000_000)] = None,
) -> None:
    """Take a product off a list, or only the quantity break named."""
    try:
        await drop_entry(code, Sku(sku), min_units, scope.sites, work)
    except NotYours as error:
        raise not_found("entry") from error


def _stale(error: StaleVersion) -> Problem:
    if not isinstance(error.current, KeptPriceList):
        return not_found("price list")
    return Stale(_view(error.current), error.current.price_list.version)


def _view(kept: KeptPriceList) -> PriceListView:
    price_list, terms = kept.price_list, kept.price_list.terms
    return PriceListView(
        code=price_list.code,
        price_list_id=price_list.price_list_id,
        site=kept.site,
        name=terms.name,
        currency=price_list.currency,
        level=terms.level,
        valid_from=terms.validity.valid_from,
        valid_until=terms.validity.valid_until,
        exclusive=terms.exclusive,
        active=terms.active,
        version=price_list.version,
    )
