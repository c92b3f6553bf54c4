"""Sends the mails that transactions have written, between transactions and never in one.

Each mail is taken for a lease by the database's clock; whoever dies on the way leaves it to be
taken again, so a mail may come twice, and never not at all.
"""

import asyncio
import contextlib
import random
from dataclasses import dataclass
from datetime import timedelta

import structlog
from messaging.failures import is_outage
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from customers.gateways.smtp import NeverTaken, Sender, outline
from customers.storage.mails import Due, claim_mails, note_delay, note_refused, note_sent

_AT_ONCE = 10
_LOOK = 1.0
"""Seconds between two looks when nothing was due."""
_LONGEST_REST = timedelta(hours=1)
_SETTLING = timedelta(seconds=10)

_log = structlog.get_logger("customers.mailer")


@dataclass(frozen=True, slots=True)
class Mailer:
    """Works off the due mails; any number may run beside each other.

    Attributes:
        timeout: Within this an attempt is over.
        first_rest: Before the second attempt; it doubles with each.
    """

    sessions: async_sessionmaker[AsyncSession]
    sender: Sender
    timeout: timedelta
    first_rest: timedelta

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            sent = 0
            try:
                sent = await self.once()
            except Exception as error:  # noqa: BLE001 - nothing may end this loop
                if is_outage(error):
                    _log.warning("database away", error=str(error))
                else:
                    _log.exception("mails could not be sent")
            if sent < _AT_ONCE:
                await asyncio.sleep(_LOOK * random.uniform(0.8, 1.2))  # noqa: S311 - jitter

    async def once(self) -> int:
        """Send one batch and wait for all of it; gives how many mails it were."""
        async with self.sessions.begin() as session:
            lease = self.timeout + _SETTLING
            due = await claim_mails(session, at_most=_AT_ONCE, lease=lease)
        async with asyncio.TaskGroup() as sending:
            for mail in due:
                sending.create_task(self._send(mail))
        return len(due)

    async def _send(self, mail: Due) -> None:
        trouble: Exception | None = None
        try:
            async with asyncio.timeout(self.timeout.total_seconds()):
                await self.sender.send(mail)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is noted
            trouble = error
        with contextlib.suppress(Exception):
            await self._note(mail, trouble)

    async def _note(self, mail: Due, trouble: Exception | None) -> None:
        """Keep what became of it; what cannot be kept is taken again after its lease."""
        async with self.sessions.begin() as session:
            if trouble is None:
                await note_sent(session, mail.mail_id)
            elif isinstance(trouble, NeverTaken):
                _log.warning("mail refused", mail_id=str(mail.mail_id), trouble=outline(trouble))
                await note_refused(session, mail.mail_id, str(trouble))
            else:
                rest = min(self.first_rest * 2 ** min(mail.attempts - 1, 20), _LONGEST_REST)
                _log.warning("mail not sent", mail_id=str(mail.mail_id), trouble=outline(trouble))
                why = f"{type(trouble).__name__}: {trouble}"
                await note_delay(session, mail.mail_id, why, rest)
