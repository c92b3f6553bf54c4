"""The mails that are to be sent: written, taken for a while, and noted when they are away."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from customers.domain.mails import Mail
from customers.storage.tables import mail


@dataclass(frozen=True, slots=True)
class Due:
    """A mail that was taken to be sent.

    Attributes:
        attempts: Times that it was taken, this one too.
    """

    mail_id: UUID
    sender_name: str
    recipient: str
    subject: str
    text: str
    attempts: int


class SqlMailRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, new: Mail) -> None:
        waiting = {"state": "waiting", "attempts": 0, "due_at": new.created_at}
        values = asdict(new) | waiting
        await self._session.execute(insert(mail).values(values).on_conflict_do_nothing())


async def claim_mails(session: AsyncSession, *, at_most: int, lease: timedelta) -> Sequence[Due]:
    """Take mails that are due, the longest due first; others leave them alone until the lease ends.

    Those whose time is over are given up.
    """
    over = (mail.c.state == "waiting", mail.c.due_at <= func.now(), mail.c.expires_at <= func.now())
    await session.execute(update(mail).where(*over).values(state="expired", text=None))
    due = (
        select(mail.c.mail_id)
        .where(mail.c.state == "waiting", mail.c.due_at <= func.now())
        .order_by(mail.c.due_at)
        .limit(at_most)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    taken = (
        update(mail)
        .where(mail.c.mail_id == due.c.mail_id)
        .values(due_at=func.now() + lease, attempts=mail.c.attempts + 1)
        .returning(
            *(mail.c[name] for name in ("mail_id", "sender_name", "recipient", "subject")),
            func.coalesce(mail.c.text, "").label("text"),
            mail.c.attempts,
        )
    )
    return [Due(**row) for row in (await session.execute(taken)).mappings()]


async def note_sent(session: AsyncSession, mail_id: UUID) -> None:
    """Note that the mail server has taken it; its text, with the secret, goes."""
    values = {"state": "sent", "sent_at": func.now(), "text": None, "trouble": None}
    await session.execute(update(mail).where(mail.c.mail_id == mail_id).values(values))


async def note_refused(session: AsyncSession, mail_id: UUID, why: str) -> None:
    """Note that it will never be taken."""
    values = {"state": "failed", "text": None, "trouble": why[:500]}
    await session.execute(update(mail).where(mail.c.mail_id == mail_id).values(values))


async def note_delay(session: AsyncSession, mail_id: UUID, why: str, rest: timedelta) -> None:
    """Note that it was not taken this time; it is due again after the rest."""
    values = {"due_at": func.now() + rest, "trouble": why[:500]}
    await session.execute(update(mail).where(mail.c.mail_id == mail_id).values(values))
