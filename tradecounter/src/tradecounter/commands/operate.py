"""``tradecounter parked`` and ``tradecounter saga``: what an operator looks at and decides."""

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar
from uuid import UUID

import typer
from chassis.database import create_engine, sessions
from messaging import parking
from messaging.saga import reading
from messaging.tables import MessagingTables
from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncSession

from tradecounter.commands.failing import BAD_INPUT, fail

T = TypeVar("T")

parked = typer.Typer(
    help="Messages that could not be processed: list, retry, discard.", no_args_is_help=True
)
sagas = typer.Typer(help="Processes across services: list, show.", no_args_is_help=True)

ServiceName = Annotated[
    str, typer.Argument(help="customers, catalog, orders, payments or subscribers")
]
Database = Annotated[
    str,
    typer.Option(envvar="DATABASE_URL", help="the service's own database: postgresql://..."),
]
Ids = Annotated[list[UUID], typer.Argument(help="ids as listed")]


def _work(database_url: str, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """Do something in one transaction of a service's database."""

    async def run() -> T:
        engine = create_engine(database_url, pool_size=1)
        try:
            async with sessions(engine).begin() as session:
                return await work(session)
        finally:
            await engine.dispose()

    try:
        return asyncio.run(run())
    except OSError as error:
        fail(f"the database does not answer: {error}")


def _tables(service: str) -> MessagingTables:
    from tradecounter.embedded.system import SERVICES  # noqa: PLC0415 - other commands start faster

    found = next((one for one in SERVICES if one.name == service), None)
    if found is None:
        fail(f"there is no service {service!r}", code=BAD_INPUT)
    return found.tables


@parked.command("list")
def list_parked(service: ServiceName, database_url: Database) -> None:
    """List parked messages, the longest parked first, at most 200."""
    table = _tables(service).parked
    found = _work(database_url, lambda s: parking.parked_messages(s, table, limit=200))
    shown = Table("id", "parked", "queue", "type", "tries", "error")
    for one in found:
        when = one.parked_at.isoformat(timespec="seconds")
        error = f"{one.error_class}: {one.error[:120]}"
        shown.add_row(str(one.id), when, one.queue, one.type or "?", str(one.attempts), error)
    Console().print(shown if found else "nothing is parked")


@parked.command("retry")
def retry_parked(
    service: ServiceName,
    database_url: Database,
    ids: Annotated[list[UUID] | None, typer.Argument(help="ids as listed; none: all")] = None,
) -> None:
    """Send parked messages to their queues again."""
    tables = _tables(service)
    sent = _work(
        database_url,
        lambda s: parking.retry(s, tables, service, decided_by=getpass.getuser(), ids=ids),
    )
    typer.echo(f"{len(sent)} sent again")


@parked.command("discard")
def discard_parked(
    service: ServiceName,
    database_url: Database,
    ids: Ids,
    reason: Annotated[str, typer.Option(help="why; it is kept")],
) -> None:
    """Give parked messages up."""
    table = _tables(service).parked
    gone = _work(
        database_url,
        lambda s: parking.discard(s, table, ids=ids, reason=reason, decided_by=getpass.getuser()),
    )
    typer.echo(f"{len(gone)} discarded")


@sagas.command("list")
def list_sagas(
    service: ServiceName,
    database_url: Database,
    attention: Annotated[bool, typer.Option(help="only those that need attention")] = False,
) -> None:
    """List sagas that have not ended, the longest untouched first, at most 200."""
    tables = _tables(service)
    found = _work(database_url, lambda s: reading.unended(s, tables, attention=attention))
    shown = Table("id", "saga", "about", "status", "updated", "attention")
    for one in found:
        when = one.updated_at.isoformat(timespec="seconds")
        about = str(one.subject_id)
        shown.add_row(str(one.id), one.definition, about, one.status, when, one.attention or "")
    Console().print(shown if found else "no saga is under way")


@sagas.command("show")
def show_saga(service: ServiceName, database_url: Database, id_: UUID) -> None:
    """Show what has happened in a saga."""
    tables = _tables(service)
    entries = _work(database_url, lambda s: reading.log_of(s, tables, id_))
    if not entries:
        fail(f"there is no saga {id_}")
    shown = Table("#", "at", "event", "step", "detail")
    for one in entries:
        when = one.at.isoformat(timespec="milliseconds")
        shown.add_row(str(one.seq), when, one.event, one.step or "", one.detail or "")
    Console().print(shown)
