"""A worker in the process of its API: relays what requests leave, runs the service's own loops."""

import asyncio
from dataclasses import replace

from chassis.idempotency import KEPT_FOR, forget_answers
from chassis.runtime import Runtime
from chassis.service import worker
from sqlalchemy import func, insert, select

from libs.chassis.tests.conftest import client_of
from libs.chassis.tests.shop import SERVICE, messaging, metadata
from tests.support import eventually


async def test_what_a_request_leaves_is_relayed_while_the_worker_runs(runtime: Runtime) -> None:
    began, ended = asyncio.Event(), asyncio.Event()

    async def own(mine: Runtime) -> None:
        assert mine is runtime
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async def outbox_is_empty() -> bool:
        async with runtime.sessions() as session:
            rows = await session.execute(select(func.count()).select_from(messaging.outbox))
            return rows.scalar_one() == 0

    async with worker(replace(SERVICE, background=(own,)), runtime), client_of(runtime) as client:
        keyed = {"Idempotency-Key": "k"}
        assert (await client.post("/notes", json={"text": "a"}, headers=keyed)).status_code == 201
        await began.wait()
        await eventually(outbox_is_empty)
        assert not ended.is_set()

    assert ended.is_set()


async def test_only_old_answers_are_forgotten(runtime: Runtime) -> None:
    table = metadata.tables["idempotency"]
    rows = [
        {"actor": "anna", "key": key, "fingerprint": "f", "created_at": func.now() - age}
        for key, age in (("old", KEPT_FOR * 1.1), ("new", KEPT_FOR * 0.9))
    ]
    async with runtime.sessions.begin() as session:
        for row in rows:
            await session.execute(insert(table).values(row))

        assert await forget_answers(session, table) == 1

        assert list((await session.execute(select(table.c.key))).scalars()) == ["new"]
