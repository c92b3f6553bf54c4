"""Keeps what is known beside a customer; append-only."""

from contracts.values import CustomerId, new_id
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from customers.domain.details import Consent
from customers.domain.notes import Note
from customers.storage.tables import consent, customer_note


class SqlNoteRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, note: Note) -> None:
        values = {
            "note_id": note.note_id,
            "customer_id": note.customer_id,
            "author": note.author,
            "text": note.text,
            "created_at": note.at,
        }
        await self._session.execute(insert(customer_note).values(values))

    async def add_consent(self, customer_id: CustomerId, said: Consent, by: str) -> None:
        values = {
            "consent_id": new_id(),
            "customer_id": customer_id,
            "granted": said.granted,
            "at": said.at,
            "source": said.source,
            "recorded_by": by,
        }
        await self._session.execute(insert(consent).values(values))
