"""A submission watched live, and what it costs."""

import asyncio
import json
from typing import Any

from sqlalchemy import event

from services.orders.tests.driving import Orders, gbp
from tests.support import eventually

Told = list[tuple[str, dict[str, Any], str | None]]


def parsed(text: str) -> Told:
    """Read server-sent events: name, data, id."""
    told: Told = []
    for block in text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line[1:])
        if "data" in fields:
            told.append((fields["event"], json.loads(fields["data"]), fields.get("id")))
    return told


async def watch(orders: Orders, order: dict[str, Any], **headers: str) -> Told:
    answer = await orders.call("GET", f"/{order['id']}/progress", **headers)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
    return parsed(answer.text)


async def test_a_submission_is_watched_until_it_has_ended(orders: Orders) -> None:
    """SU-6: step by step; one look at the database serves all who watch."""
    order = await orders.full_draft(await orders.site(), submit=True)
    async with asyncio.TaskGroup() as watching:
        watchers = [watching.create_task(watch(orders, order)) for _ in range(10)]
        await eventually(lambda: orders.app.state.progress.watching == 10)
        await orders.carry()
    told = watchers[0].result()
    steps = [(data["event"], data["step"]) for name, data, _ in told if name == "step"]
    assert steps[:2] == [("started", None), ("sent", "verify the customer")]
    assert ("answered", "submit the order") in steps
    assert steps[-1] == ("completed", None)
    assert [data["seq"] for name, data, _ in told if name == "step"] == list(
        range(1, len(steps) + 1)
    )
    last = [data for name, data, _ in told if name == "state"][-1]
    assert last == {"state": "submitted", "status": "completed", "attention": None}
    assert told[-1][0] == "state"
    for watcher in watchers:
        assert [data for _, data, _ in watcher.result()][-1] == last
    progress = orders.app.state.progress
    assert progress.looks < 20, "every watcher looked by itself"
    assert progress.watching == 0


async def test_a_watcher_who_comes_back_is_told_only_what_is_new(orders: Orders) -> None:
    order = await orders.full_draft(await orders.site(), submit=True)
    await orders.carry()
    told = await watch(orders, order)
    third = [id_ for name, _, id_ in told if name == "step"][2]
    assert third is not None
    again = await watch(orders, order, Last_Event_ID=third)
    assert next(data["seq"] for name, data, _ in again if name == "step") == 4
    other = await watch(orders, order, Last_Event_ID="rubbish/1")
    assert other == told


async def test_a_process_that_stops_ends_what_is_watched(orders: Orders) -> None:
    order = await orders.full_draft(await orders.site(), submit=True)
    async with asyncio.timeout(5), asyncio.TaskGroup() as watching:
        watcher = watching.create_task(watch(orders, order))
        await eventually(lambda: orders.app.state.progress.watching == 1)
        orders.runtime.stopping.set()
    assert watcher.result()


async def test_creating_and_submitting_costs_few_statements(orders: Orders) -> None:
    """The path that the benchmark measures; a statement more is a decision, not an accident."""
    site = await orders.site()
    await orders.draft(site)  # takes a block of order numbers
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement.split("(", maxsplit=1)[0].strip())

    engine = orders.runtime.databases.engines[0].sync_engine
    event.listen(engine, "before_cursor_execute", note)
    await orders.full_draft(
        site,
        lines=[{"sku": "MUG", "units": 1}, {"sku": "TEE", "units": 1}],
        shipping={"cost": gbp(495)},
        payments=[{"method": "card", "token": "tok_ok"}],
        submit=True,
    )
    event.remove(engine, "before_cursor_execute", note)
    assert len(said) <= 8, said
