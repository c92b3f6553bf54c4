"""A small service to try the chassis on: it keeps notes."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar
from uuid import UUID

from chassis.auth import CurrentScope, needs
from chassis.http import (
    Body,
    FreeText,
    IfMatch,
    Once,
    Page,
    Paged,
    Stale,
    Units,
    answer,
    etag,
    idempotency_table,
    page_of,
)
from chassis.problems import not_found, refused
from chassis.requests import Asking, Reading, unit_of_work
from chassis.scope import Scope
from chassis.service import Service
from contracts.message import Event, Question, Refusal, Reply
from contracts.values import Money, new_id
from fastapi import APIRouter, Depends, Response
from messaging.outbox import Outbox
from messaging.subscriptions import Subscriptions
from messaging.tables import messaging_tables
from pydantic import BaseModel, JsonValue
from sqlalchemy import Column, Integer, MetaData, Table, Text, Uuid, insert, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from typing_extensions import override

metadata = MetaData()
notes = Table(
    "note",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("text", Text, nullable=False, unique=True),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("extra", JSONB),
)
messaging = messaging_tables(metadata)
idempotency_table(metadata)

happened: list[str] = []
"""What the service did, in order, for tests to look at."""


class NoteWritten(Event):
    """A note was written."""

    type: ClassVar = "notes.note-written.v1"

    note_id: UUID
    text: str

    @property
    @override
    def subject(self) -> UUID:
        return self.note_id


class Weather(Question):
    """How is the weather?"""

    type: ClassVar = "sky.weather.v1"


class NoWeather(Refusal):
    """The sky is not there."""

    type: ClassVar = "sky.no-weather.v1"

    sky: str = "north"


class Sunny(Reply):
    """It is."""

    type: ClassVar = "sky.sunny.v1"


@dataclass(frozen=True, slots=True)
class UnitOfWork:
    session: AsyncSession
    outbox: Outbox


class Line(Body):
    units: Units
    price: Money


class NewNote(Body):
    text: FreeText
    lines: tuple[Line, ...] = ()
    extra: dict[str, JsonValue] | None = None


class NoteChange(Body):
    text: str


class Note(BaseModel):
    id: UUID
    text: str
    version: int = 1


Work = Annotated[UnitOfWork, Depends(unit_of_work, scope="function")]
Writer = Annotated[Scope, Depends(needs("notes.write"))]
router = APIRouter(prefix="/notes", tags=["notes"])


@router.post("", status_code=201, response_model=Note)
async def post_note(body: NewNote, _scope: Writer, work: Work, once: Once) -> Response:
    async def write() -> tuple[int, BaseModel, Mapping[str, str]]:
        note = Note(id=new_id(), text=body.text)
        row = {"id": note.id, "text": note.text, "extra": body.extra}
        await work.session.execute(insert(notes).values(row))
        work.outbox.publish(NoteWritten(note_id=note.id, text=note.text))
        happened.append(body.text)
        return 201, note, {"Location": f"/notes/{note.id}", "ETag": etag(1)}

    return await once.run(write)


@router.get("")
async def list_notes(_scope: CurrentScope, session: Reading, page: Paged) -> Page[Note]:
    query = select(notes.c.id, notes.c.text, notes.c.version).order_by(notes.c.text)
    if key := page.key(str):
        query = query.where(notes.c.text > key[0])
    rows = (await session.execute(query.limit(page.limit + 1))).mappings()
    return page_of([Note(**row) for row in rows], page.limit, lambda note: (note.text,))


@router.patch("/{note_id}", response_model=Note)
async def patch_note(
    note_id: UUID, body: NoteChange, _scope: Writer, work: Work, version: IfMatch
) -> Response:
    query = select(notes.c.text, notes.c.version).where(notes.c.id == note_id).with_for_update()
    found = (await work.session.execute(query)).one_or_none()
    if found is None:
        raise not_found("note")
    if version not in {None, found.version}:
        raise Stale(Note(id=note_id, text=found.text, version=found.version), found.version)
    note = Note(id=note_id, text=body.text, version=found.version + 1)
    change = update(notes).where(notes.c.id == note_id)
    await work.session.execute(change.values(text=note.text, version=note.version))
    return answer(note, headers={"ETag": etag(note.version)})


@router.post("/failing", status_code=201)
async def post_failing(body: NoteChange, _scope: Writer, work: Work) -> Note:
    """Write and publish, and then fail."""
    note = Note(id=new_id(), text=body.text)
    await work.session.execute(insert(notes).values(id=note.id, text=note.text))
    work.outbox.publish(NoteWritten(note_id=note.id, text=note.text))
    raise RuntimeError("the secret reason")


@router.post("/refusing")
async def post_refusing(_scope: Writer) -> Note:
    raise refused(NoWeather(code="NO_WEATHER", detail="there is no sky"))


@router.post("/watched", status_code=201)
async def post_watched(body: NoteChange, _scope: Writer, work: Work) -> Note:
    note = Note(id=new_id(), text=body.text)
    await work.session.execute(insert(notes).values(id=note.id, text=note.text))
    return note


@router.get("/weather")
async def get_weather(_scope: CurrentScope, asking: Asking) -> str:
    return type(await asking.ask(Weather(), timeout=0.05)).__name__


@router.get("/number")
async def get_number(_scope: CurrentScope, session: Reading, number: int) -> int:
    """Have the database look at a number that may not fit."""
    query = select(notes.c.version).where(notes.c.version == number)
    return len((await session.execute(query)).all())


@router.get("/slow")
async def get_slow(_scope: CurrentScope, session: Reading) -> str:
    await session.execute(text("SET statement_timeout = 50"))
    await session.execute(text("SELECT pg_sleep(30)"))
    return "never"


def subscriptions() -> Subscriptions[UnitOfWork]:
    return Subscriptions[UnitOfWork](service="notes")


MIGRATIONS = Path(__file__).parent / "migrations"

SERVICE = Service(
    name="notes",
    title="Notes",
    subscriptions=subscriptions,
    unit_of_work=UnitOfWork,
    tables=messaging,
    migrations=MIGRATIONS,
    routers=(router,),
)


async def stream(*chunks: bytes) -> AsyncIterator[bytes]:
    """Send a body in pieces, its length unsaid."""
    for chunk in chunks:
        yield chunk


def pointers(problem: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """Give where and why of each error of a problem."""
    return [
        (error.get("pointer", error.get("parameter")), error["code"]) for error in problem["errors"]
    ]
