"""A mail server in this process that says what it is told to say."""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any
from uuid import UUID

import httpx2
from aiosmtpd.smtp import SMTP
from customers.storage.tables import invitation, mail
from sqlalchemy import update

from services.customers.tests.api import Api
from services.customers.tests.outbox import Sessions

SHOP = "https://shop.example/en"
_TOKEN = re.compile(r"https://\S+/invitation\?token=(\S+)")


@dataclass
class Mailbox:
    """What arrived, in order.

    Attributes:
        answers: What the next mails are answered with; when there is none, they are taken.
        turns_away: What the next recipients are answered with.
    """

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list[EmailMessage])
    answers: list[str] = field(default_factory=list[str])
    turns_away: list[str] = field(default_factory=list[str])

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(self, *said: Any) -> str:  # noqa: ANN401, N802 - the server's words
        _, _, envelope, address, _ = said
        if self.turns_away:
            return self.turns_away.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: ANN401, N802 - the server's words
        if self.answers:
            return self.answers.pop(0)
        mail = message_from_bytes(envelope.content, _class=EmailMessage, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 taken"


def token_in(text: str) -> str:
    """Give the secret of the link in a mail."""
    found = _TOKEN.search(text)
    assert found is not None, text
    return found[1]


@asynccontextmanager
async def mail_server() -> AsyncGenerator[Mailbox]:
    """Run a mail server on a free port."""
    box = Mailbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(box, loop=loop), "127.0.0.1", 0)
    async with server:
        box.port = server.sockets[0].getsockname()[1]
        yield box


async def accepted(api: Api, token: str) -> httpx2.Response:
    return await Api(api.client, token="none").client.post(  # no staff token goes along
        "/invitations/acceptance", json={"token": token}
    )


async def shifted(database: Sessions, customer: dict[str, Any], *, hours: float) -> None:
    """Let time pass for a customer's open invitations and mails."""
    by = timedelta(hours=hours)
    async with database.begin() as session:
        for table in (invitation, mail):
            here = table.c.customer_id == UUID(customer["id"])
            values = {"expires_at": table.c.expires_at + by}
            await session.execute(update(table).where(here).values(values))
