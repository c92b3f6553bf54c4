"""Begins and cancels sagas inside somebody's transaction."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import func, update
from sqlalchemy.ext.asyncio import AsyncSession

from messaging.outbox import Outbox
from messaging.saga.definition import SagaDefinition
from messaging.saga.process import Process
from messaging.saga.store import Definitions, database_now, insert_new, load, save, send
from messaging.tables import MessagingTables


@dataclass(frozen=True, slots=True)
class Sagas:
    """The sagas of one transaction; ``definitions`` is by name."""

    tables: MessagingTables
    definitions: Definitions
    session: AsyncSession
    outbox: Outbox

    async def start(
        self, definition: SagaDefinition[Any], *, saga_id: UUID, subject_id: UUID, data: BaseModel
    ) -> None:
        """Begin a saga; its first commands leave when the transaction commits.

        A first step that is local is done by a worker at its next look.

        Raises:
            asyncpg.UniqueViolationError: There is a saga of this id.
            KeyError: The definition is not one of ``definitions``.
        """
        process = Process(self.definitions[definition.name], saga_id, data)
        now = await database_now(self.session)
        process.start(now)
        process.leave(self.outbox.service, now)
        send(process, self.outbox)
        await insert_new(self.session, self.tables, process, subject_id)

    async def under_way(self, saga_id: UUID) -> bool:
        """Tell whether a saga has not ended; it is locked, so that it cannot end meanwhile."""
        found = await load(self.session, self.tables, self.definitions, [saga_id])
        return saga_id in found and not found[saga_id].process.state.ended

    async def supersede(self, saga_id: UUID) -> bool:
        """End a saga where it stands; the caller sees to it that all it did is taken back.

        Returns:
            False when it was over before, or is unknown: then nothing was changed.
        """
        found = await load(self.session, self.tables, self.definitions, [saga_id])
        if saga_id not in found or not found[saga_id].process.supersede():
            return False
        await save(self.session, self.tables, list(found.values()))
        return True

    async def cancel(self, saga_id: UUID) -> bool:
        """Ask a running saga to take itself back; a worker does it at its next look.

        Returns:
            False when it is past its pivot, over, or unknown: then nothing was changed.
        """
        saga = self.tables.saga
        found = await load(self.session, self.tables, self.definitions, [saga_id])
        if saga_id not in found or not found[saga_id].process.ask_to_cancel():
            return False
        await save(self.session, self.tables, list(found.values()))
        due = update(saga).where(saga.c.id == saga_id).values(wake_at=func.now())
        await self.session.execute(due)
        return True
