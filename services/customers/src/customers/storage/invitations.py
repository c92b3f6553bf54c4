"""Keeps invitations, under the hash of their token, and the mails that carry them."""

import hashlib
from datetime import datetime

from contracts.values import CustomerId, SiteId
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from customers.domain.invitations import Invitation
from customers.domain.mails import Mail
from customers.storage.mails import SqlMailRepository
from customers.storage.tables import invitation


class SqlInvitationRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, new: Invitation, mail: Mail) -> None:
        is_open = (invitation.c.customer_id == new.customer_id, invitation.c.ended_at.is_(None))
        ended = {"ended_at": new.created_at, "ended_as": "replaced"}
        await self._session.execute(update(invitation).where(*is_open).values(ended))
        values = {
            "token_hash": _hashed(new.token),
            "customer_id": new.customer_id,
            "site_id": new.site_id,
            "email_key": new.email_key,
            "created_at": new.created_at,
            "expires_at": new.expires_at,
        }
        await self._session.execute(insert(invitation).values(values))
        await SqlMailRepository(self._session).add(mail)

    async def get(self, token: str) -> Invitation | None:
        query = select(invitation).where(invitation.c.token_hash == _hashed(token))
        row = (await self._session.execute(query)).one_or_none()
        if row is None:
            return None
        return Invitation(
            token,
            CustomerId(row.customer_id),
            SiteId(row.site_id),
            row.email_key,
            row.created_at,
            row.expires_at,
            row.ended_as,
        )

    async def end(self, used: Invitation, at: datetime) -> None:
        here = invitation.c.token_hash == _hashed(used.token)
        ended = {"ended_at": at, "ended_as": "used"}
        await self._session.execute(update(invitation).where(here).values(ended))


def _hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
