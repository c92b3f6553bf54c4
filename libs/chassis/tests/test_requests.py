"""A request's transaction: all or nothing, and committed before the response leaves."""

import asyncio

import httpx2
import pytest
from chassis.runtime import Runtime
from chassis.service import build_api
from chassis.tokens import StaticKeys, Tokens
from messaging.direct import Direct
from messaging.envelope import decode
from sqlalchemy import Connection, Table, event, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.types import Message
from structlog.testing import capture_logs

from libs.chassis.tests.conftest import ISSUER, client_of, keys, sign
from libs.chassis.tests.shop import SERVICE, happened, messaging, notes

KEYED = {"Idempotency-Key": "k"}


async def count(runtime: Runtime, table: Table) -> int:
    async with runtime.sessions() as session:
        return (await session.execute(select(func.count()).select_from(table))).scalar_one()


async def test_the_transaction_commits_before_the_response_leaves(runtime: Runtime) -> None:
    order: list[str] = []
    engine = runtime.databases.engines[0].sync_engine

    def committed(_connection: Connection) -> None:
        order.append("commit")

    event.listen(engine, "commit", committed)
    app = build_api(SERVICE, runtime, Tokens(ISSUER, StaticKeys(keys())))
    body = b'{"text": "a"}'
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/notes/watched",
        "raw_path": b"/notes/watched",
        "query_string": b"",
        "root_path": "",
        "headers": [
            (b"authorization", f"Bearer {sign()}".encode()),
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
        ],
    }

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        order.append(f"{message['type']} {message.get('status', '')}".strip())

    await app(scope, receive, send)

    assert order == ["commit", "http.response.start 201", "http.response.body"]


async def test_a_failed_request_leaves_nothing(
    client: httpx2.AsyncClient, runtime: Runtime
) -> None:
    with capture_logs():
        assert (await client.post("/notes/failing", json={"text": "a"})).status_code == 500

    assert await count(runtime, notes) == 0
    assert await count(runtime, messaging.outbox) == 0
    assert not runtime.relay.wake.is_set()


async def test_messages_are_written_with_who_caused_them_and_the_relay_is_woken(
    client: httpx2.AsyncClient, runtime: Runtime
) -> None:
    trace_id = "0af7651916cd43dd8448eb211c80319c"
    headers = {**KEYED, "traceparent": f"00-{trace_id}-b7ad6b7169203331-01"}

    response = await client.post("/notes", json={"text": "a"}, headers=headers)

    assert response.headers["trace-id"] == trace_id
    assert runtime.relay.wake.is_set()
    async with runtime.sessions() as session:
        row = (await session.execute(select(messaging.outbox))).one()
    assert row.exchange == "evt.notes"
    envelope = decode(row.body)
    assert envelope.staffid == "anna"
    assert (envelope.traceparent or "").split("-")[1] == trace_id


async def test_readings_stand_alone_and_leave_the_pool_as_it_was(runtime: Runtime) -> None:
    """``now()`` is when the transaction began, so it tells transactions apart."""

    async def times(session: AsyncSession) -> set[object]:
        return {(await session.execute(text("SELECT now()"))).scalar_one() for _ in range(2)}

    async with runtime.databases.reading() as session:
        assert len(await times(session)) == 2
    async with runtime.sessions.begin() as session:
        assert len(await times(session)) == 1


async def test_what_goes_straight_to_the_driver_stands_alone_where_the_session_does(
    runtime: Runtime,
) -> None:
    now = Direct(select(func.now().label("at")))

    async def times(session: AsyncSession) -> set[object]:
        return {(await now.rows(session))[0].at for _ in range(2)}

    async with runtime.databases.reading() as session:
        assert len(await times(session)) == 2
    async with runtime.sessions.begin() as session:
        assert len(await times(session)) == 1


async def test_a_repeated_request_is_answered_and_not_done_again(
    client: httpx2.AsyncClient, runtime: Runtime
) -> None:
    first = await client.post("/notes", json={"text": "a"}, headers=KEYED)
    again = await client.post("/notes", json={"text": "a"}, headers=KEYED)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    for name in ("location", "etag", "content-type"):
        assert first.headers[name] == again.headers[name]
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert await count(runtime, notes) == 1
    assert await count(runtime, messaging.outbox) == 1


async def test_a_key_is_not_taken_for_another_request(
    client: httpx2.AsyncClient, runtime: Runtime
) -> None:
    await client.post("/notes", json={"text": "a"}, headers=KEYED)

    other = await client.post("/notes", json={"text": "b"}, headers=KEYED)

    assert other.status_code == 422
    assert other.json()["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert await count(runtime, notes) == 1


async def test_keys_of_different_staff_are_different(
    client: httpx2.AsyncClient, runtime: Runtime
) -> None:
    await client.post("/notes", json={"text": "a"}, headers=KEYED)
    ben = KEYED | {"Authorization": f"Bearer {sign(sub='ben')}"}

    assert (await client.post("/notes", json={"text": "b"}, headers=ben)).status_code == 201
    assert await count(runtime, notes) == 2


async def test_a_key_is_free_again_when_the_request_failed(
    client: httpx2.AsyncClient, runtime: Runtime
) -> None:
    assert (await client.post("/notes", json={"text": "a"}, headers=KEYED)).status_code == 201
    second = {"Idempotency-Key": "second"}
    assert (await client.post("/notes", json={"text": "a"}, headers=second)).status_code == 409

    response = await client.post("/notes", json={"text": "b"}, headers=second)

    assert response.status_code == 201
    assert "idempotent-replayed" not in response.headers


async def test_copies_at_the_same_time_are_done_once(runtime: Runtime) -> None:
    answers: list[httpx2.Response] = []

    async def ask(client: httpx2.AsyncClient) -> None:
        answers.append(await client.post("/notes", json={"text": "a"}, headers=KEYED))

    async with client_of(runtime) as client, asyncio.TaskGroup() as tasks:
        for _ in range(8):
            tasks.create_task(ask(client))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sum("idempotent-replayed" in answer.headers for answer in answers) == 7
    assert happened == ["a"]
    assert await count(runtime, notes) == 1


async def test_a_copy_that_waits_too_long_may_come_again(runtime: Runtime) -> None:
    """The first holds its key for as long as it runs; a copy is told to come again, with 409."""
    async with runtime.sessions.begin() as session:
        await session.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        await session.execute(
            text("INSERT INTO idempotency (actor, key, fingerprint) VALUES ('anna', 'k', 'first')")
        )
        async with client_of(runtime) as client:
            response = await client.post("/notes", json={"text": "a"}, headers=KEYED, timeout=30)

    assert (response.status_code, response.json()["code"]) == (409, "BUSY")
    assert response.headers["retry-after"] == "1"


async def test_a_stale_change_is_shown_the_current_state(client: httpx2.AsyncClient) -> None:
    """SN-4: the second of two gets 412 with the current state; nothing is overwritten."""
    note = (await client.post("/notes", json={"text": "a"}, headers=KEYED)).json()
    path = f"/notes/{note['id']}"
    first = await client.patch(path, json={"text": "b"}, headers={"If-Match": '"1"'})
    assert (first.status_code, first.headers["etag"]) == (200, '"2"')

    second = await client.patch(path, json={"text": "c"}, headers={"If-Match": '"1"'})

    assert (second.status_code, second.json()["code"]) == (412, "STALE")
    assert second.json()["current"] == {"id": note["id"], "text": "b", "version": 2}
    assert second.headers["etag"] == '"2"'
    for blind in ({}, {"If-Match": "*"}):
        assert (await client.patch(path, json={"text": "d"}, headers=blind)).status_code == 200


@pytest.mark.parametrize("tag", ["1, 2", '"x"', '"1", "2"', f'"{10**30}"'])
async def test_an_entity_tag_that_is_none_is_refused(edge: httpx2.AsyncClient, tag: str) -> None:
    path = "/notes/00000000-0000-0000-0000-000000000000"
    response = await edge.patch(path, json={"text": "a"}, headers={"If-Match": tag})

    assert (response.status_code, response.json()["code"]) == (422, "INVALID_ETAG")


async def test_what_is_not_there_is_not_found(client: httpx2.AsyncClient) -> None:
    path = "/notes/00000000-0000-0000-0000-000000000000"

    response = await client.patch(path, json={"text": "a"})

    assert (response.status_code, response.json()["code"]) == (404, "NOT_FOUND")


async def test_a_list_is_paged_by_key(client: httpx2.AsyncClient) -> None:
    for name in "edcba":
        await client.post("/notes/watched", json={"text": name})
    found: list[str] = []
    after: str | None = None

    for _ in range(3):
        params = {"limit": "2", **({"after": after} if after else {})}
        page = (await client.get("/notes", params=params)).json()
        found += [note["text"] for note in page["items"]]
        after = page["next"]

    assert found == list("abcde")
    assert after is None
