"""Statements that go straight to asyncpg: those that every message needs, and the busiest reads.

They are written with SQLAlchemy like all others, but compiled once: what it does for each single
execution costs three times as much as asyncpg's own work. They run on the session's connection,
in its transaction if it has any. A failure is asyncpg's own exception; ``failures`` knows both
kinds.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Protocol, cast
from weakref import ReferenceType, ref

from asyncpg import Record  # pyright: ignore[reportMissingTypeStubs]
from sqlalchemy import ClauseElement, ReturnsRows, text
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import SessionTransaction
from sqlalchemy.sql.compiler import SQLCompiler

_DIALECT = asyncpg.dialect()
_BEGIN = text("SELECT")
_JOINED = "messaging.direct"
"""Where a session notes what it was joined to: asking SQLAlchemy again costs as much as a look-up
in the database."""


class Row(Record):
    """A row whose columns are attributes, as SQLAlchemy's are."""

    __slots__ = ()

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...  # noqa: ANN401 - a column may be anything


def _row_of(statement: ClauseElement) -> type[Row]:
    """Make the class of a statement's rows.

    Python finds a property at once, and asks ``__getattr__`` only after it has looked in vain,
    which takes longer than the driver takes for the column.
    """
    columns = statement.exported_columns.keys() if isinstance(statement, ReturnsRows) else ()
    named = {name: property(itemgetter(name)) for name in columns}
    return type(Row.__name__, (Row,), {"__slots__": (), **named})


class Driver(Protocol):
    """A connection of asyncpg, as far as it is used here."""

    async def fetch(
        self, query: str, *args: object, record_class: "type[Row] | None" = None
    ) -> "list[Row]":
        """Run a statement and give its rows."""
        ...

    async def executemany(self, command: str, args: Iterable[Sequence[object]]) -> None:
        """Run a statement once for each sequence of arguments, in one round trip."""
        ...

    def is_in_transaction(self) -> bool:
        """Tell whether a transaction has begun."""
        ...

    def transaction(self) -> AbstractAsyncContextManager[object]:
        """Begin a transaction, and end it on leaving."""
        ...


On = AsyncSession | Driver
"""What a statement runs on."""


@dataclass(frozen=True, slots=True)
class _Joined:
    """What was joined; it holds for as long as the session is in this transaction.

    A transaction knows its session: kept here, the two would live until Python looks for cycles.
    """

    transaction: "ReferenceType[SessionTransaction]"
    driver: Driver


async def driver_of(connection: AsyncConnection) -> Driver:
    """Give the connection beneath SQLAlchemy's; whoever takes it begins and ends transactions."""
    raw = await connection.get_raw_connection()
    return cast("Driver", raw.driver_connection)


async def joined(session: AsyncSession) -> Driver:
    """Give the connection beneath a session's, in the session's transaction.

    Where each of the session's statements stands alone, there is none to be in.
    """
    root = session.sync_session.get_transaction()
    known: _Joined | None = session.info.get(_JOINED)
    if known is not None and root is not None and known.transaction() is root:
        return known.driver
    connection = await session.connection()
    raw = await connection.get_raw_connection()
    driver = cast("Driver", raw.driver_connection)
    adapted: Any = raw.dbapi_connection
    if not driver.is_in_transaction() and not adapted.autocommit:
        # SQLAlchemy tells the server of the transaction with its own first statement only.
        await connection.execute(_BEGIN)
    if (begun := session.sync_session.get_transaction()) is not None:
        session.info[_JOINED] = _Joined(ref(begun), driver)
    return driver


class Direct:
    """A statement, compiled once; its parameters are given by name.

    A parameter that is JSON is given as text.

    Attributes:
        text: As it is sent.
    """

    def __init__(self, statement: ClauseElement) -> None:
        compiled = cast("SQLCompiler", statement.compile(dialect=_DIALECT))
        self.text = str(compiled)
        self._row = _row_of(statement)
        self._order = tuple(compiled.positiontup or ())
        self._constants: Mapping[str, Any] = compiled.params

    async def fetch(self, driver: Driver, given: Mapping[str, object] | None = None) -> "list[Row]":
        """Run it and give its rows."""
        return await driver.fetch(self.text, *self._arguments(given or {}), record_class=self._row)

    async def rows(self, on: On, given: Mapping[str, object] | None = None) -> "list[Row]":
        """Run it, perhaps on a session's connection, and give its rows."""
        driver = await joined(on) if isinstance(on, AsyncSession) else on
        return await self.fetch(driver, given)

    async def run_many(self, driver: Driver, rows: Iterable[Mapping[str, object]]) -> None:
        """Run it once for each of ``rows``, in one round trip."""
        await driver.executemany(self.text, [self._arguments(row) for row in rows])

    def _arguments(self, given: Mapping[str, object]) -> list[object]:
        constants = self._constants
        return [given[name] if name in given else constants[name] for name in self._order]
