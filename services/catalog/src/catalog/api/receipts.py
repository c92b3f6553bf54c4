from datetime import date
from typing import Annotated
from uuid import UUID

from chassis.http import Body, IfMatch, Once, Page, Paged, Stale, answer, etag, page_of
from chassis.idempotency import Made
from chassis.moments import Day
from chassis.problems import FieldError, Problem, not_found
from chassis.requests import Reading
from contracts.values import Sku
from fastapi import APIRouter, Path, Query, Response, status
from pydantic import Field

from catalog.api.dependencies import (
    PREFIX,
    AtLocation,
    Reader,
    StockKeeper,
    Work,
    at_fault,
    unknown_in_query,
)
from catalog.api.fields import Code, Name, Reason, SkuText, Units
from catalog.api.lines import places_of
from catalog.domain.errors import StaleVersion, UnknownLocation, UnknownProducts
from catalog.domain.stock_errors import (
    OverBooked,
    ReceiptClosed,
    UnknownReceipt,
    UnknownReceiptLines,
)
from catalog.handlers.receipts import (
    AnnounceReceipt,
    BookReceipt,
    ChangeReceipt,
    KeptReceipt,
    announce_receipt,
    book_receipt,
    cancel_receipt,
    change_receipt,
)
from catalog.queries.products import owner
from catalog.queries.receipts import (
    ListedReceipt,
    ReceiptFilter,
    ReceiptLineView,
    ReceiptView,
    list_receipts,
    receipt,
)

router = APIRouter(prefix=f"{PREFIX}/receipts", tags=["receipts"])
ReceiptId = Annotated[UUID, Path()]


class ReceiptLineBody(Body):
    """Units of a product."""

    sku: SkuText
    units: Units


class ReceiptBody(Body):
    """Goods that a location expects on a day."""

    location: Code
    reference: Annotated[Name, Field(description="As the supplier or the buyer names it.")]
    due: Day
    lines: Annotated[list[ReceiptLineBody], Field(min_length=1, max_length=1000)]


class ReceiptChange(Body):
    """What is known better now; what is left out stays."""

    due: Day | None = None
    reference: Name | None = None


class BookingBody(Body):
    """What has come."""

    lines: Annotated[
        list[ReceiptLineBody] | None,
        Field(min_length=1, max_length=1000, description="None: all that is still expected."),
    ] = None
    reason: Annotated[
        Reason | None, Field(description="Needed when more came than is expected.")
    ] = None


@router.post("", status_code=status.HTTP_201_CREATED, response_model=ReceiptView)
async def post_receipt(body: ReceiptBody, scope: StockKeeper, work: Work, once: Once) -> Response:
    """Announce goods that a location expects."""
    places = places_of(line.sku for line in body.lines)
    units = {line.sku: line.units for line in body.lines}
    command = AnnounceReceipt(
        body.location, body.reference, body.due, units, scope.staff_id, scope.sites
    )

    async def announce() -> Made:
        try:
            kept = await announce_receipt(command, work)
        except UnknownLocation as error:
            why = {"/location": f"there is no location {error.code}"}
            raise at_fault("UNKNOWN_LOCATION", str(error), why) from error
        except UnknownProducts as error:
            why = {f"/lines/{places[sku]}/sku": f"there is no product {sku}" for sku in error.skus}
            raise at_fault("UNKNOWN_PRODUCT", str(error), why) from error
        return status.HTTP_201_CREATED, _view(kept), {"ETag": etag(kept.receipt.version)}

    return await once.run(announce)


@router.get("")
async def get_receipts(  # noqa: PLR0913 - one parameter a filter
    *,
    scope: Reader,
    session: Reading,
    paged: Paged,
    location: AtLocation,
    sku: Annotated[SkuText | None, Query(description="Only those with this product.")] = None,
    open_: Annotated[
        bool | None, Query(alias="open", description="Something is still expected of it.")
    ] = None,
) -> Page[ListedReceipt]:
    """List receipts by the day on which they are due."""
    key = paged.key(date, UUID)
    wanted = ReceiptFilter(
        location, sku, open_, None if key is None else (key[0], key[1]), paged.limit + 1
    )
    rows = await list_receipts(scope, session, wanted)
    if not rows and sku is not None and await owner(scope, session, sku) is None:
        raise unknown_in_query("product", sku, "sku")
    return page_of(rows, paged.limit, lambda row: (row.due, row.receipt_id))


@router.get("/{receipt_id}", response_model=ListedReceipt)
async def get_receipt(receipt_id: ReceiptId, scope: Reader, session: Reading) -> Response:
    """Give a receipt."""
    found = await receipt(scope, session, receipt_id)
    if found is None:
        raise not_found("receipt")
    return answer(found, headers={"ETag": etag(found.version)})


@router.patch("/{receipt_id}", response_model=ReceiptView)
async def patch_receipt(
    receipt_id: ReceiptId, body: ReceiptChange, version: IfMatch, scope: StockKeeper, work: Work
) -> Response:
    """Put a receipt off or bring it forward, or name it otherwise."""
    command = ChangeReceipt(receipt_id, scope.sites, body.due, body.reference, version)
    try:
        kept = await change_receipt(command, work)
    except UnknownReceipt as error:
        raise not_found("receipt") from error
    except ReceiptClosed as error:
        raise _closed(error) from error
    except StaleVersion as error:
        if not isinstance(error.current, KeptReceipt):
            raise not_found("receipt") from error
        raise Stale(_view(error.current), error.current.receipt.version) from error
    return answer(_view(kept), headers={"ETag": etag(kept.receipt.version)})


@router.post("/{receipt_id}/booking", response_model=ReceiptView)
async def post_booking(
    receipt_id: ReceiptId, body: BookingBody, scope: StockKeeper, work: Work, once: Once
) -> Response:
    """Put what has come on hand, once; orders that wait for it have it first."""
    lines = body.lines or []
    places = places_of(line.sku for line in lines)
    units = {line.sku: line.units for line in lines} if body.lines is not None else None
    command = BookReceipt(receipt_id, scope.staff_id, scope.sites, units, body.reason)

    async def book() -> Made:
        return status.HTTP_200_OK, await _book(command, places, work), {}

    return await once.run(book)


@router.post("/{receipt_id}/cancellation", response_model=ReceiptView)
async def post_cancellation(receipt_id: ReceiptId, scope: StockKeeper, work: Work) -> Response:
    """Expect nothing of a receipt any more; what was booked stays, and again changes nothing."""
    try:
        kept = await cancel_receipt(receipt_id, scope.staff_id, scope.sites, work)
    except UnknownReceipt as error:
        raise not_found("receipt") from error
    except ReceiptClosed as error:
        raise _closed(error) from error
    return answer(_view(kept), headers={"ETag": etag(kept.receipt.version)})


async def _book(command: BookReceipt, places: dict[Sku, int], work: Work) -> ReceiptView:
    try:
        return _view(await book_receipt(command, work))
    except UnknownReceipt as error:
        raise not_found("receipt") from error
    except ReceiptClosed as error:
        raise _closed(error) from error
    except UnknownReceiptLines as error:
        why = {f"/lines/{places[sku]}/sku": f"{sku} is not on the receipt" for sku in error.skus}
        raise at_fault("NOT_ON_RECEIPT", str(error), why) from error
    except OverBooked as error:
        why = {
            f"/lines/{places[sku]}/units": f"{units} units are expected; say why more came"
            for sku, units in error.expected.items()
        }
        wrong = [FieldError(pointer, "OVER_BOOKED", detail) for pointer, detail in why.items()]
        wrong.append(FieldError("/reason", "REASON_REQUIRED", "say why more came than expected"))
        raise Problem(422, "OVER_BOOKED", str(error), wrong) from error


def _closed(error: ReceiptClosed) -> Problem:
    return Problem(409, "RECEIPT_CLOSED", str(error), state=error.state)


def _view(kept: KeptReceipt) -> ReceiptView:
    made = kept.receipt
    return ReceiptView(
        receipt_id=made.receipt_id,
        location=kept.location,
        reference=made.reference,
        due=made.due,
        state=made.state,
        author=made.author,
        version=made.version,
        lines=[
            ReceiptLineView(
                sku=sku, units=line.units, booked=line.booked, expected=made.expected(sku)
            )
            for sku, line in sorted(made.lines.items())
        ],
    )
