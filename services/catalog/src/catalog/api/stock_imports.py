from collections.abc import Sequence
from typing import Annotated, Any, Self

from chassis.http import Body, Once
from chassis.idempotency import Made
from chassis.imports import MAX_ROWS, ImportReport, RowError
from chassis.validation import field_errors
from contracts.values import StaffId
from fastapi import APIRouter, Query, Response, status
from pydantic import Field, TypeAdapter, ValidationError, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from catalog.api.dependencies import PREFIX, StockKeeper, Work
from catalog.api.fields import Change, Code, Counted, Reason, SkuText
from catalog.handlers.scoped import Within
from catalog.handlers.stock_import import (
    Imported,
    ImportStock,
    RowFault,
    StockRow,
    import_stock,
)

router = APIRouter(prefix=f"{PREFIX}/imports", tags=["imports"])
MAX_LINE = 2**53


class StockRowBody(Body):
    """What becomes of one product at one location: counted or changed, not both."""

    line: Annotated[int, Field(strict=True, ge=0, le=MAX_LINE, description="In the caller's file.")]
    location: Code
    sku: SkuText
    on_hand: Annotated[Counted | None, Field(description="Units that were counted.")] = None
    change: Annotated[Change | None, Field(description="Units more or fewer.")] = None
    safety_stock: Annotated[Counted | None, Field(description="Units not to be sold.")] = None
    reason: Reason = "import"

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if self.on_hand is not None and self.change is not None:
            message = "a row counts (on_hand) or changes (change), not both"
            raise PydanticCustomError("count_or_change", message)
        if self.on_hand is self.change is self.safety_stock is None:
            message = "the row says neither on_hand nor change nor safety_stock"
            raise PydanticCustomError("nothing_to_do", message)
        return self


_ROW = TypeAdapter(StockRowBody)
Row = Annotated[dict[str, Any], WithJsonSchema(_ROW.json_schema())]


class StockImportBody(Body):
    """Rows of a file; each stands or falls alone."""

    rows: Annotated[list[Row], Field(min_length=1, max_length=MAX_ROWS)]


@router.post("/stock", response_model=ImportReport)
async def post_stock_import(
    body: StockImportBody,
    scope: StockKeeper,
    work: Work,
    once: Once,
    dry_run: Annotated[bool, Query(description="Change nothing, and tell what would be.")] = False,  # noqa: FBT002
) -> Response:
    """Count and change stock and set safety stock: every good row, and no bad one."""

    async def take_in() -> Made:
        report = await _import(body, scope.staff_id, scope.sites, dry_run, work)
        return status.HTTP_200_OK, report, {}

    return await once.run(take_in)


async def _import(
    body: StockImportBody,
    author: StaffId,
    within: Within,
    dry_run: bool,  # noqa: FBT001
    work: Work,
) -> ImportReport:
    rows: list[StockRow] = []
    faults: list[RowFault] = []
    for place, raw in enumerate(body.rows, start=1):
        try:
            rows.append(_row(_ROW.validate_python(raw)))
        except ValidationError as error:
            line = raw.get("line")
            number = line if isinstance(line, int) and 0 <= line <= MAX_LINE else place
            faults += [
                RowFault(number, wrong.pointer or "", wrong.code, wrong.detail)
                for wrong in field_errors(error, raw)
            ]
    imported = await import_stock(ImportStock(rows, author, within, dry_run), work)
    return report_of([imported], faults)


def _row(row: StockRowBody) -> StockRow:
    return StockRow(
        line=row.line,
        location=row.location,
        sku=row.sku,
        reason=row.reason,
        on_hand=row.on_hand,
        change=row.change,
        safety_stock=row.safety_stock,
    )


def report_of(imported: Sequence[Imported], faults: Sequence[RowFault]) -> ImportReport:
    """Tell what became of all rows; ``faults`` are those of rows that could not be read."""
    found = [*faults, *(fault for part in imported for fault in part.faults)]
    every = sorted(found, key=lambda fault: fault.line)
    return ImportReport(
        created=sum(part.created for part in imported),
        changed=sum(part.changed for part in imported),
        unchanged=sum(part.unchanged for part in imported),
        errors=[
            RowError(line=f.line, pointer=f.pointer, code=f.code, detail=f.detail) for f in every
        ],
    )
