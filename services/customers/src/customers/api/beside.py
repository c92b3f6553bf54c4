"""What is kept beside customers, over HTTP: notes, consents, who may be the same person."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from chassis.http import Once, Page, Paged, page_of
from chassis.requests import Reading
from contracts.values import CustomerId
from fastapi import APIRouter, Response
from pydantic import BaseModel

from customers.api.dependencies import PREFIX, Reader, Work, Writer, seen_customer
from customers.api.entries import NoteBody
from customers.api.refusals import refusals
from customers.handlers.notes import add_note
from customers.queries.beside import ConsentLine, NoteView, list_consents, list_notes
from customers.queries.customers import duplicates
from customers.queries.views import CustomerLine

router = APIRouter(prefix=f"{PREFIX}/customers/{{customer_id}}", tags=["customers"])


class Duplicates(BaseModel):
    """Who may be the same person, at most 50."""

    items: Sequence[CustomerLine]


@router.post("/notes", status_code=201, response_model=NoteView)
async def post_note(
    customer_id: UUID, body: NoteBody, scope: Writer, work: Work, once: Once
) -> Response:
    """Note something about a customer; notes are never changed and never shown to them."""

    async def make() -> tuple[int, NoteView, Mapping[str, str]]:
        now = datetime.now(UTC)
        with refusals():
            note = await add_note(CustomerId(customer_id), body.text, now, scope.sites, work)
        view = NoteView(
            id=note.note_id,
            customer_id=note.customer_id,
            author=note.author,
            text=note.text,
            created_at=note.at,
        )
        return 201, view, {}

    return await once.run(make)


@router.get("/notes")
async def get_notes(
    customer_id: UUID, scope: Reader, session: Reading, page: Paged
) -> Page[NoteView]:
    """List the notes about a customer, the newest first."""
    view = await seen_customer(scope, session, CustomerId(customer_id))
    (after,) = page.key(UUID) or (None,)
    rows = await list_notes(scope, session, view.id, after=after, limit=page.limit + 1)
    return page_of(rows, page.limit, key=lambda row: (row.id,))


@router.get("/consents")
async def get_consents(
    customer_id: UUID, scope: Reader, session: Reading, page: Paged
) -> Page[ConsentLine]:
    """List all that a customer ever said about offers, the newest first."""
    view = await seen_customer(scope, session, CustomerId(customer_id))
    (after,) = page.key(UUID) or (None,)
    rows = await list_consents(scope, session, view.id, after=after, limit=page.limit + 1)
    return page_of(rows, page.limit, key=lambda row: (row.id,))


@router.get("/duplicates")
async def get_duplicates(customer_id: UUID, scope: Reader, session: Reading) -> Duplicates:
    """List who of the set has the same phone, or the same name and postal code (CU-13)."""
    view = await seen_customer(scope, session, CustomerId(customer_id))
    return Duplicates(items=await duplicates(scope, session, view.id))
