"""The test gateway's ledger over HTTP: what would have happened to money."""

from uuid import UUID

from chassis.http import Page, Paged, page_of
from chassis.requests import Reading
from contracts.values import PaymentId
from fastapi import APIRouter

from payments.api.access import PREFIX, Writer, place_after
from payments.queries.ledger import EntryView, list_entries

router = APIRouter(prefix=f"{PREFIX}/test-gateway", tags=["test gateway"])


@router.get("/transactions")
async def get_transactions(
    scope: Writer, session: Reading, page: Paged, payment_id: UUID | None = None
) -> Page[EntryView]:
    """List authorisations, declines, captures and voids, oldest first."""
    rows = await list_entries(
        scope,
        session,
        payment_id=None if payment_id is None else PaymentId(payment_id),
        after=place_after(page),
        limit=page.limit + 1,
    )
    return page_of(rows, page.limit, key=lambda entry: (entry.id,))
