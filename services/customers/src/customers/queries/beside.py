"""What is kept beside customers: notes, consents, mails."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from chassis.scope import Scope
from contracts.values import CustomerId
from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from customers.queries.scoped import sets_in
from customers.storage.tables import consent as consents
from customers.storage.tables import customer as customers
from customers.storage.tables import customer_note as notes
from customers.storage.tables import mail as mails
from customers.storage.tables import site as sites


class NoteView(BaseModel):
    """A note of a staff member about a customer."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    customer_id: CustomerId
    author: str
    text: str
    created_at: datetime


class ConsentLine(BaseModel):
    """What a customer said about offers: when (UTC), where, and who recorded it."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    granted: bool
    at: datetime
    source: str
    recorded_by: str


class MailView(BaseModel):
    """A mail to a customer.

    Attributes:
        text: Only where no mail server is set, so that this page is the mailbox; its links are
            secrets.
        trouble: Why the last attempt to send it did not succeed.
    """

    model_config = ConfigDict(frozen=True)

    id: UUID
    customer_id: CustomerId
    site: str
    recipient: str
    subject: str
    text: str | None
    state: Literal["waiting", "sent", "failed", "expired"]
    attempts: int
    trouble: str | None
    created_at: datetime
    sent_at: datetime | None


async def list_notes(
    scope: Scope,
    session: AsyncSession,
    customer_id: CustomerId,
    *,
    after: UUID | None,
    limit: int,
) -> Sequence[NoteView]:
    """List the notes about a customer, the newest first; none of one out of scope."""
    query = select(notes, notes.c.note_id.label("id")).where(
        notes.c.customer_id == customer_id, *_seen(scope, notes.c.customer_id)
    )
    rows = await session.execute(_newest(query, notes.c.note_id, after, limit))
    return [NoteView.model_validate(row) for row in rows.mappings()]


async def list_consents(
    scope: Scope,
    session: AsyncSession,
    customer_id: CustomerId,
    *,
    after: UUID | None,
    limit: int,
) -> Sequence[ConsentLine]:
    """List what a customer ever said about offers, the newest first; none of one out of scope."""
    query = select(consents, consents.c.consent_id.label("id"))
    query = query.where(
        consents.c.customer_id == customer_id, *_seen(scope, consents.c.customer_id)
    )
    rows = await session.execute(_newest(query, consents.c.consent_id, after, limit))
    return [ConsentLine.model_validate(row) for row in rows.mappings()]


async def list_mails(  # noqa: PLR0913 - which part of the list it is, is two of them
    scope: Scope,
    session: AsyncSession,
    *,
    customer_id: CustomerId | None,
    shown: bool,
    after: UUID | None,
    limit: int,
) -> Sequence[MailView]:
    """List the mails of sites in scope, the newest first; with their text only if ``shown``."""
    query = select(mails, mails.c.mail_id.label("id"), sites.c.code.label("site"))
    query = query.join_from(mails, sites)
    if scope.sites is not None:
        query = query.where(mails.c.site_id.in_(scope.sites))
    if customer_id is not None:
        query = query.where(mails.c.customer_id == customer_id)
    rows = await session.execute(_newest(query, mails.c.mail_id, after, limit))
    hidden: dict[str, Any] = {} if shown else {"text": None}
    return [MailView.model_validate({**row, **hidden}) for row in rows.mappings()]


def _seen(scope: Scope, customer_id: ColumnElement[UUID]) -> Sequence[ColumnElement[bool]]:
    if scope.sites is None:
        return ()
    here = select(customers.c.customer_id).where(customers.c.customer_set_id.in_(sets_in(scope)))
    return (customer_id.in_(here.where(customers.c.customer_id == customer_id)),)


def _newest(
    query: Select[Any], id_: ColumnElement[UUID], after: UUID | None, limit: int
) -> Select[Any]:
    query = query.order_by(id_.desc()).limit(limit)
    return query if after is None else query.where(id_ < after)
