"""Sagas in the database: loaded under their row locks, saved with what they send and log."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import CTE, Integer, Table, Text, Uuid, bindparam, func, insert, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import TypeEngine

from messaging.direct import Direct, Row, joined
from messaging.outbox import Outbox
from messaging.saga.definition import SagaDefinition
from messaging.saga.process import Process
from messaging.tables import MessagingTables
from messaging.topology import reply_address
from messaging.unnested import unnested

Definitions = Mapping[str, SagaDefinition[Any]]
_FIRST = ("id", "definition", "subject_id", "data")
_CHANGING = ("status", "attention", "version", "state", "wake_at")
_LOGGED: Mapping[str, TypeEngine[Any]] = {
    "seq": Integer(),
    "event": Text(),
    "step": Text(),
    "detail": Text(),
}
_NOW = Direct(select(func.now().label("now")))


@dataclass(slots=True)
class Loaded:
    """A saga whose row this transaction has locked.

    Attributes:
        data: What the saga knew when it was loaded.
        version: The row's version before this transaction.
        now: The database's time at which this transaction began; the only clock of sagas.
    """

    process: Process[Any]
    data: BaseModel
    version: int
    now: datetime


async def database_now(session: AsyncSession) -> datetime:
    """Give the time by the database's clock, at which the transaction began."""
    [row] = await _NOW.fetch(await joined(session))
    return row["now"]


async def load(
    session: AsyncSession,
    tables: MessagingTables,
    definitions: Definitions,
    ids: Collection[UUID],
) -> dict[UUID, Loaded]:
    """Load and lock sagas, in order of id, so that two batches cannot deadlock."""
    given = {"ids": sorted(ids)}
    rows = await _statements(tables).by_id.fetch(await joined(session), given)
    return _loaded(rows, definitions)


async def load_due(
    session: AsyncSession, tables: MessagingTables, definitions: Definitions, *, at_most: int
) -> dict[UUID, Loaded]:
    """Load and lock sagas whose timers are due and that nobody else has locked."""
    given = {"at_most": at_most}
    rows = await _statements(tables).due.fetch(await joined(session), given)
    return _loaded(rows, definitions)


def _loaded(rows: Iterable[Row], definitions: Definitions) -> dict[UUID, Loaded]:
    found: dict[UUID, Loaded] = {}
    for row in rows:
        definition = definitions[row["definition"]]
        data = definition.data.model_validate(row["data"])
        process = Process(definition, row["id"], data, definition.read(row["state"]))
        found[process.id] = Loaded(process, data, row["version"], row["now"])
    return found


async def insert_new(
    session: AsyncSession, tables: MessagingTables, process: Process[Any], subject_id: UUID
) -> None:
    """Insert a saga that has just started.

    Raises:
        asyncpg.UniqueViolationError: There is a saga of this id.
    """
    row = _row(process, version=1) | {
        "definition": process.definition.name,
        "subject_id": subject_id,
        "data": _data(process),
    }
    await _statements(tables).insert.fetch(await joined(session), row)


async def save(session: AsyncSession, tables: MessagingTables, loaded: Sequence[Loaded]) -> None:
    """Save sagas and what they logged, in one round trip, whatever their number.

    A saga's data is written only where a reply has changed it: it holds all lines of an order.
    """
    if not loaded:
        return
    rows = [{"was": one.version} | _row(one.process, version=one.version + 1) for one in loaded]
    driver, statements = await joined(session), _statements(tables)
    await statements.update.run_many(driver, rows)
    noted = [one.process for one in loaded if one.process.data is not one.data]
    if noted:
        changed = [{"id": process.id, "noted": _data(process)} for process in noted]
        await statements.note.run_many(driver, changed)


@dataclass(frozen=True, slots=True)
class _Statements:
    by_id: Direct
    due: Direct
    insert: Direct
    update: Direct
    note: Direct


@cache
def _statements(tables: MessagingTables) -> _Statements:
    saga = tables.saga
    columns = [saga.c[name] for name in ("id", "definition", "state", "data", "version")]
    query = select(*columns, func.now().label("now")).order_by(saga.c.id)
    mine = saga.c.id == bindparam("id")
    changes: dict[str, Any] = {name: bindparam(name) for name in _CHANGING}
    first: dict[str, Any] = {name: bindparam(name) for name in _FIRST}
    wanted = func.any(bindparam("ids", type_=ARRAY(Uuid)))
    at_most = bindparam("at_most", type_=Integer)
    return _Statements(
        by_id=Direct(query.where(saga.c.id == wanted).with_for_update()),
        due=Direct(
            query.where(saga.c.wake_at <= func.now())
            .limit(at_most)
            .with_for_update(skip_locked=True)
        ),
        insert=Direct(insert(saga).values(first | changes).add_cte(_logging(tables.saga_log))),
        update=Direct(
            update(saga)
            .where(mine, saga.c.version == bindparam("was"))
            .values(changes | {"updated_at": func.now()})
            .add_cte(_logging(tables.saga_log))
        ),
        note=Direct(update(saga).where(mine).values(data=bindparam("noted"))),
    )


def _logging(table: Table) -> CTE:
    """Give what inserts a saga's entries beside its row, any number of them."""
    values = unnested("happened", _LOGGED)
    saga_id = bindparam("id", type_=Uuid())
    entries = select(saga_id, *(values.c[name] for name in _LOGGED)).order_by(values.c.place)
    names = ["saga_id", *_LOGGED]
    return insert(table).from_select(names, entries, include_defaults=False).cte("logged")


def send(process: Process[Any], outbox: Outbox) -> None:
    """Write the commands that a saga wants sent, and forget that it wanted it."""
    for sending in process.sendings:
        outbox.send(
            sending.command,
            message_id=sending.id,
            correlation_id=str(process.id),
            reply_to=reply_address(outbox.service),
            expires_at=process.state.deadline,
        )
    process.sendings.clear()


def _row(process: Process[Any], *, version: int) -> dict[str, Any]:
    """Give the changing columns, and those of what was logged, and forget that it was."""
    first = process.state.logged + 1
    happened, process.log = process.log, []
    logged = process.state.logged + len(happened)
    state = process.state = process.state.model_copy(update={"logged": logged})
    return {
        "id": process.id,
        "status": state.status.value,
        "attention": state.attention,
        "version": version,
        "state": state.model_dump_json(exclude_none=True),
        "wake_at": state.wake_at,
        "seq": list(range(first, logged + 1)),
        "event": [entry.event for entry in happened],
        "step": [entry.step for entry in happened],
        "detail": [entry.detail for entry in happened],
    }


def _data(process: Process[Any]) -> str:
    return process.data.model_dump_json(exclude_none=True)
