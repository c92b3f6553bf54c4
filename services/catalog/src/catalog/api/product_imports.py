"""Many products and prices at once, as rows of the caller's file."""

from collections.abc import Container, Iterator, Sequence
from typing import Annotated, Any, Self, TypeVar, cast

from chassis.http import Body, Once
from chassis.idempotency import Made
from chassis.imports import MAX_ROWS, ImportReport
from chassis.validation import field_errors
from fastapi import APIRouter, Query, Response, status
from messaging.transport import Unanswered
from pydantic import Field, SkipValidation, TypeAdapter, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from catalog.api.dependencies import PREFIX, Work, Writer, at_fault
from catalog.api.fields import Code, Flag, Price, SkuText, Units
from catalog.api.levels import UNKNOWN_LEVEL, Levels, levels_of, no_level
from catalog.api.levels import OfSite as LevelOfSite
from catalog.api.product_bodies import ProductBody, partly_said, put_product_of
from catalog.api.stock_imports import report_of
from catalog.domain.errors import Unfit, UnknownSites
from catalog.handlers.entry_imports import import_entries
from catalog.handlers.product_imports import (
    PriceRow,
    ProductRow,
    import_products,
    import_site_prices,
    row_faults,
)
from catalog.handlers.scoped import Within
from catalog.handlers.stock_import import Imported, RowFault

router = APIRouter(prefix=f"{PREFIX}/imports", tags=["imports"])
R = TypeVar("R", bound="LineBody")
Line = Annotated[int, Field(strict=True, ge=0, le=2**53, description="In the caller's file.")]
DryRun = Annotated[bool, Query(description="Change nothing, and tell what would be.")]


class LineBody(Body):
    """A row of the caller's file."""

    line: Line


class ImportedProduct(ProductBody):
    """A product; what is not said of one that is there already stays as it is.

    So do the order of an option's values, and values that no variant had: the rows of a file tell
    only of those that they use.
    """

    code: SkuText


class ProductRowBody(LineBody):
    """A product at a line of the caller's file."""

    product: ImportedProduct


class PriceRowBody(LineBody):
    """What a SKU costs on a site, or by a price list."""

    sku: SkuText
    price: Price
    site: Code | None = None
    price_list: Code | None = None
    min_units: Units = 1
    no_discounts: Flag = False

    @model_validator(mode="after")
    def _is_of_a_site_or_a_list(self) -> Self:
        if (self.site is None) == (self.price_list is None):
            message = "a price is a site's or a price list's: name one of the two"
            raise PydanticCustomError("site_or_price_list", message)
        return self


_PRODUCTS, _PRICES = TypeAdapter(ProductRowBody), TypeAdapter(PriceRowBody)
# Each row is read on its own, so that a bad one does not refuse the others.
ProductRows = SkipValidation[ProductRowBody]
PriceRows = SkipValidation[PriceRowBody]


class ProductImportBody(Body):
    """Rows of a file; each stands or falls alone."""

    rows: Annotated[list[ProductRows], Field(min_length=1, max_length=MAX_ROWS)]
    sites: Annotated[
        list[Code] | None,
        Field(max_length=1000, description="Whose prices and visibility the rows speak of."),
    ] = None


class PriceImportBody(Body):
    """Rows of a file; each stands or falls alone."""

    rows: Annotated[list[PriceRows], Field(min_length=1, max_length=MAX_ROWS)]


@router.post("/products", response_model=ImportReport)
async def post_product_import(
    body: ProductImportBody,
    work: Work,
    once: Once,
    levels: Levels,
    dry_run: DryRun = False,  # noqa: FBT002
) -> Response:
    """Make and change products: every good row, and no bad one."""
    scope = levels.scope
    good, faults = _parsed(_PRODUCTS, body.rows)
    named = {one for row in good for _, one in levels_of(row.product)}
    unknown: frozenset[LevelOfSite] | Unanswered
    try:
        unknown = await levels.unknown(named)
    except Unanswered as away:
        unknown = away

    async def take_in() -> Made:
        # Raised within: a request that was answered before is answered the same.
        if isinstance(unknown, Unanswered):
            raise unknown
        rows, wrong = _with_levels(good, unknown)
        commands, unfit = _commands(rows, scope.sites)
        report = await _import_products(
            (commands, [*faults, *wrong, *unfit]), body.sites, scope.sites, work, dry_run=dry_run
        )
        return status.HTTP_200_OK, report, {}

    return await once.run(take_in)


@router.post("/prices", response_model=ImportReport)
async def post_price_import(
    body: PriceImportBody,
    scope: Writer,
    work: Work,
    once: Once,
    dry_run: DryRun = False,  # noqa: FBT002
) -> Response:
    """Set prices of sites and of price lists: every good row, and no bad one."""

    async def take_in() -> Made:
        report = await _import_prices(body, scope.sites, work, dry_run=dry_run)
        return status.HTTP_200_OK, report, {}

    return await once.run(take_in)


def _with_levels(
    rows: Sequence[ProductRowBody], unknown: Container[LevelOfSite]
) -> tuple[list[ProductRowBody], list[RowFault]]:
    """Give the rows whose levels there are, and what is wrong with the others."""
    good, faults = list[ProductRowBody](), list[RowFault]()
    for row in rows:
        wrong = [(at, one) for at, one in levels_of(row.product) if one in unknown]
        if not wrong:
            good.append(row)
        for at, one in wrong:
            faults.append(RowFault(row.line, f"/product{at}", UNKNOWN_LEVEL, no_level(*one)))
    return good, faults


def _commands(
    good: Sequence[ProductRowBody], within: Within
) -> tuple[list[ProductRow], list[RowFault]]:
    rows, faults = list[ProductRow](), list[RowFault]()
    for row in good:
        try:
            command = put_product_of(row.product, row.product.code, within)
            rows.append(ProductRow(row.line, partly_said(command, row.product)))
        except Unfit as error:
            faults += row_faults(row.line, error)
    return rows, faults


async def _import_products(
    read: tuple[Sequence[ProductRow], Sequence[RowFault]],
    sites: Sequence[str] | None,
    within: Within,
    work: Work,
    *,
    dry_run: bool,
) -> ImportReport:
    rows, faults = read
    try:
        imported = await import_products(rows, sites, within, work, dry_run=dry_run)
    except UnknownSites as error:
        unknown = {
            f"/sites/{place}": f"there is no site {code}"
            for place, code in enumerate(sites or ())
            if code in error.codes
        }
        raise at_fault("UNKNOWN_SITE", str(error), unknown) from error
    return report_of([imported], faults)


async def _import_prices(
    body: PriceImportBody, within: Within, work: Work, *, dry_run: bool
) -> ImportReport:
    good, faults = _parsed(_PRICES, body.rows)
    rows = [
        PriceRow(
            row.line,
            row.sku,
            row.price,
            row.site,
            row.price_list,
            row.min_units,
            row.no_discounts,
        )
        for row in good
    ]
    of_sites = [row for row in rows if row.site is not None]
    of_lists = [row for row in rows if row.site is None]
    imported = list[Imported]()
    if of_sites:
        imported.append(await import_site_prices(of_sites, within, work, dry_run=dry_run))
    if of_lists:
        imported.append(await import_entries(of_lists, within, work, dry_run=dry_run))
    return report_of(imported, faults)


def _parsed(kind: TypeAdapter[R], rows: Sequence[object]) -> tuple[list[R], list[RowFault]]:
    good, faults = list[R](), list[RowFault]()
    for place, raw in enumerate(rows, start=1):
        try:
            good.append(kind.validate_python(raw))
        except ValidationError as error:
            faults += _unread(place, raw, error)
    return good, faults


def _unread(place: int, raw: object, error: ValidationError) -> Iterator[RowFault]:
    row = cast("dict[str, Any]", raw) if isinstance(raw, dict) else {}
    line: object = row.get("line")
    number = line if isinstance(line, int) and 0 <= line <= 2**53 else place
    for wrong in field_errors(error, row):
        yield RowFault(number, wrong.pointer or "", wrong.code, wrong.detail)
