"""Sagas in a real database: what a reply teaches is kept, and a due timer is found once."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import ClassVar
from uuid import UUID, uuid4

import pytest
from contracts.message import Command, Reply
from messaging.outbox import Outbox
from messaging.saga.definition import SagaDefinition, saga
from messaging.saga.sagas import Sagas
from messaging.saga.state import Status
from messaging.saga.store import load, load_due, save
from messaging.tables import messaging_tables
from pydantic import BaseModel, ConfigDict
from sqlalchemy import MetaData, func, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker


class Knock(Command):
    """Knock at a door."""

    type: ClassVar = "doors.knock.v1"


class Opened(Reply):
    """Somebody opened."""

    type: ClassVar = "doors.opened.v1"

    by: str


class Visit(BaseModel):
    model_config = ConfigDict(frozen=True)

    opened_by: str | None = None


def _knock(_: Visit) -> Iterator[Knock]:
    yield Knock()
    yield Knock()


def _note(visit: Visit, reply: Reply) -> Visit:
    return visit.model_copy(update={"opened_by": reply.by}) if isinstance(reply, Opened) else visit


VISIT: SagaDefinition[Visit] = saga("test.visit", Visit, note=_note).step("knock", _knock)
DEFINITIONS = {VISIT.name: VISIT}
Sessions = async_sessionmaker[AsyncSession]


TABLES = messaging_tables(MetaData())


@pytest.fixture
def sessions(databases: Mapping[str, Sessions]) -> Sessions:
    return databases["orders"]


async def _started(sessions: Sessions) -> UUID:
    id_ = uuid4()
    async with sessions.begin() as session:
        outbox = Outbox("test", TABLES.outbox)
        sagas = Sagas(TABLES, DEFINITIONS, session, outbox)
        await sagas.start(VISIT, saga_id=id_, subject_id=uuid4(), data=Visit())
        await outbox.write(session)
    return id_


async def test_what_a_reply_teaches_is_kept(sessions: Sessions) -> None:
    id_ = await _started(sessions)
    async with sessions.begin() as session:
        (loaded,) = (await load(session, TABLES, DEFINITIONS, [id_])).values()
        first = loaded.process.state.open[0]
        assert loaded.process.receive(first.id, Opened(by="Ada"), loaded.now)
        await save(session, TABLES, [loaded])

    async with sessions.begin() as session:
        (again,) = (await load(session, TABLES, DEFINITIONS, [id_])).values()
    assert again.process.data == Visit(opened_by="Ada")
    assert [command.id for command in again.process.state.open] != [first.id]
    assert (again.process.state.status, again.version) == (Status.RUNNING, 2)


async def test_a_due_saga_is_found_by_one_worker_only(sessions: Sessions) -> None:
    id_ = await _started(sessions)
    async with sessions.begin() as session:
        assert id_ not in await load_due(session, TABLES, DEFINITIONS, at_most=50)
        past = func.now() - timedelta(seconds=1)
        await session.execute(update(TABLES.saga).values(wake_at=past))

    async with sessions.begin() as one, sessions.begin() as other:
        assert id_ in await load_due(one, TABLES, DEFINITIONS, at_most=50)
        assert await load_due(other, TABLES, DEFINITIONS, at_most=50) == {}
