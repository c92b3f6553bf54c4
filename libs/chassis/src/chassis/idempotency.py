"""A request that creates something is carried out once, however often it is sent.

The key is written in the transaction of the effect: a copy that comes while the first is running
waits for it, and one that comes later is given the stored answer.
"""

import hashlib
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from messaging.direct import Direct, joined
from pydantic import BaseModel, StringConstraints
from pydantic_core import to_json
from sqlalchemy import (
    Column,
    DateTime,
    Index,
    Integer,
    MetaData,
    Select,
    Table,
    Text,
    bindparam,
    cast,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningInsert
from starlette.responses import Response

from chassis.auth import CurrentScope
from chassis.problem import FieldError, Problem
from chassis.requests import InTransaction

KEPT_FOR = timedelta(days=3)
"""How long an answer is kept."""

IdempotencyKey = Annotated[
    str,
    StringConstraints(min_length=1, max_length=255),
    Header(description="Send the same key again to repeat the request safely."),
]
"""The header ``Idempotency-Key``: 1 to 255 characters of the caller's choice."""

Made = tuple[int, BaseModel, Mapping[str, str]]
"""Status, body and headers of an answer."""


def idempotency_table(metadata: MetaData) -> Table:
    """Add the table of answered keys to a service's metadata, or give the one it has."""
    if "idempotency" in metadata.tables:
        return metadata.tables["idempotency"]
    return Table(
        "idempotency",
        metadata,
        Column("actor", Text, primary_key=True, comment="staff member who sent the key"),
        Column("key", Text, primary_key=True),
        Column("fingerprint", Text, nullable=False, comment="SHA-256 of method, path and body"),
        Column("status", Integer, comment="null only inside the transaction that answers"),
        Column("response", JSONB),
        Column("headers", JSONB),
        Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
        Index("idempotency_by_age", "created_at"),
        comment="answers given under an Idempotency-Key, to be given again",
    )


@dataclass(frozen=True, slots=True)
class OnceRunner:
    """Carries out one request under its key."""

    session: AsyncSession
    table: Table
    actor: str
    key: str
    fingerprint: str

    async def run(
        self, work: Callable[[], Awaitable[Made]], *, shown_once: Collection[str] = ()
    ) -> Response:
        """Do the work and keep its answer, or give the kept answer without doing anything.

        A problem raised by the work is not kept: the request may be sent again. Fields of the
        answer that are ``shown_once``, such as a secret, are not kept either: they are null when
        it is given again.

        Raises:
            Problem: 422 ``IDEMPOTENCY_KEY_REUSED``, when the key came with another request.
        """
        if not await self._claim():
            return await self._replay()
        status, body, headers = await work()
        text = body.__pydantic_serializer__.to_json(body)
        known = body.model_copy(update=dict.fromkeys(shown_once)) if shown_once else body
        kept = {
            "status_": status,
            "response_": known.model_dump_json() if shown_once else text.decode(),
            "headers_": to_json(dict(headers)).decode(),
        }
        await _keeping(self.table).fetch(await joined(self.session), self._mine | kept)
        return Response(text, status, dict(headers), media_type="application/json")

    async def _claim(self) -> bool:
        row = self._mine | {"fingerprint_": self.fingerprint}
        return (await self.session.execute(_claiming(self.table), row)).first() is not None

    @property
    def _mine(self) -> dict[str, Any]:
        return {"actor_": self.actor, "key_": self.key}

    async def _replay(self) -> Response:
        found = await self.session.execute(_recalling(self.table), self._mine)
        fingerprint, status, text, headers = found.one()
        if fingerprint != self.fingerprint:
            detail = "this key was used for another request; a new request needs a new key"
            wrong = FieldError(
                None, "IDEMPOTENCY_KEY_REUSED", detail, parameter="header: Idempotency-Key"
            )
            raise Problem(422, "IDEMPOTENCY_KEY_REUSED", detail, [wrong])
        headers = {**headers, "Idempotent-Replayed": "true"}
        return Response(text, status, headers, media_type="application/json")


# The statements are built once: that costs more than running them.


@cache
def _claiming(table: Table) -> ReturningInsert[str]:
    named = {name: bindparam(f"{name}_", type_=Text) for name in ("actor", "key", "fingerprint")}
    statement = insert(table).values(named).on_conflict_do_nothing()
    return statement.returning(table.c.fingerprint)


@cache
def _keeping(table: Table) -> Direct:
    mine = (table.c.actor == bindparam("actor_"), table.c.key == bindparam("key_"))
    answer: dict[str, Any] = {
        name: bindparam(f"{name}_") for name in ("status", "response", "headers")
    }
    return Direct(update(table).where(*mine).values(answer))


@cache
def _recalling(table: Table) -> Select[str, int, str, dict[str, str]]:
    mine = (table.c.actor == bindparam("actor_"), table.c.key == bindparam("key_"))
    found: Select[str, int, str, dict[str, str]] = select(
        table.c.fingerprint, table.c.status, cast(table.c.response, Text), table.c.headers
    )
    return found.where(*mine)


async def once(
    request: Request, idempotency_key: IdempotencyKey, scope: CurrentScope, tx: InTransaction
) -> OnceRunner:
    """Give what carries out this request once."""
    digest = hashlib.sha256(f"{request.method} {request.url.path}?{request.url.query}\n".encode())
    digest.update(await request.body())
    table = idempotency_table(request.app.state.runtime.service.metadata)
    return OnceRunner(tx.session, table, scope.staff_id, idempotency_key, digest.hexdigest())


Once = Annotated[OnceRunner, Depends(once, scope="function")]
"""Carries out the request once: ``return await once.run(work)``."""


async def forget_answers(session: AsyncSession, table: Table, *, at_most: int = 1000) -> int:
    """Delete answers older than ``KEPT_FOR``, a small batch; gives how many."""
    old = (
        select(table.c.actor, table.c.key)
        .where(table.c.created_at < func.now() - KEPT_FOR)
        .limit(at_most)
        .with_for_update(skip_locked=True)
        .cte("old")
    )
    statement = (
        delete(table)
        .where(table.c.actor == old.c.actor, table.c.key == old.c.key)
        .returning(table.c.key)
    )
    rows: list[Any] = list((await session.execute(statement)).all())
    return len(rows)
