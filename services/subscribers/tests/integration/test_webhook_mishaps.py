"""What goes wrong and holds nobody up: bad records, crashes, repeats, two workers."""

import asyncio
from datetime import timedelta

import pytest
from messaging.delivery import Delivery
from messaging.faults import arm, visits
from messaging.topology import ARCHIVE
from subscribers.domain.retries import Retries

from services.subscribers.tests.api import Api
from services.subscribers.tests.driving import (
    STARTED,
    SUBMITTED,
    Subscribers,
    a_message,
    log,
    seen,
)
from services.subscribers.tests.receiver import Receiver


async def test_an_event_that_waits_can_be_skipped_and_not_be_sent_out_of_turn(
    api: Api, subscribers: Subscribers, receiver: Receiver
) -> None:
    endpoint = await api.endpoint(receiver.url)
    receiver.answers = ["500 Oops"]
    ids = await subscribers.happen(STARTED, SUBMITTED)
    await subscribers.work()
    _, first = await log(api, endpoint, "waiting")
    path = f"/deliveries/{first['id']}"
    assert await api.refused("POST", f"{path}/redelivery") == (409, "DELIVERY_WAITING")

    skipped = await api.post(f"{path}/skipping", {"reason": "known bad"})
    await subscribers.work()

    assert (skipped["state"], skipped["reason"]) == ("skipped", "known bad")
    assert receiver.ids == ids
    body = {"reason": "again"}
    assert await api.refused("POST", f"{path}/skipping", body) == (409, "DELIVERY_SETTLED")


async def test_a_record_that_nobody_can_read_holds_nobody_up(
    api: Api, subscribers: Subscribers, receiver: Receiver
) -> None:
    """EV-4: it is parked with its reason, in the archive's list it is marked."""
    await api.endpoint(receiver.url)
    await subscribers.write(SUBMITTED, b"\x00\xff not json")
    await subscribers.archive(Delivery(ARCHIVE, b"{}"))
    ids = await subscribers.happen(STARTED)

    await subscribers.work()

    assert receiver.ids == ids
    parked = await subscribers.run("SELECT queue, error_class FROM parked_message")
    assert parked == [("evt.archive", "BadEnvelope")] * 2
    items = (await api.get("/events"))["items"]
    assert [item["event"] is None for item in items] == [True, False]
    assert "not JSON" in items[0]["error"]


async def test_an_endpoint_that_is_full_gets_the_rest_from_the_archive(
    api: Api, subscribers: Subscribers, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an absent endpoint costs is bounded; nothing is lost and the order stays."""
    monkeypatch.setattr("subscribers.storage.queueing.MOST_WAITING", 3)
    monkeypatch.setattr("subscribers.gateways.pump.BATCH", 2)
    endpoint = await api.endpoint(receiver.url)
    receiver.answers = ["500 Oops"]
    ids = await subscribers.happen(*[STARTED, SUBMITTED] * 5)
    await subscribers.work()
    assert (await seen(api, endpoint))["waiting"] == 4
    await subscribers.later()

    await subscribers.work()

    assert receiver.ids == [ids[0], *ids]


async def test_a_crash_between_sending_and_noting_sends_again_under_the_same_id(
    api: Api, subscribers: Subscribers, receiver: Receiver
) -> None:
    """EV-2, at least once: the id tells the other system; meanwhile nobody else sends."""
    await api.endpoint(receiver.url)
    ids = await subscribers.happen(STARTED, SUBMITTED)
    arm("subscribers.after_send:raise@1")
    await subscribers.work()
    assert visits["subscribers.after_send"] == 1
    assert receiver.ids == ids[:1], "whoever died has the lease"

    await subscribers.later()
    await subscribers.work()

    assert receiver.ids == [ids[0], *ids]


async def test_two_workers_do_not_send_the_same(
    api: Api, subscribers: Subscribers, receiver: Receiver
) -> None:
    await api.endpoint(receiver.url)
    ids = await subscribers.happen(*[STARTED] * 30)
    async with asyncio.TaskGroup() as both:
        both.create_task(subscribers.work())
        both.create_task(subscribers.work())
    assert receiver.ids == ids
    assert receiver.most_at_once == 1


async def test_when_the_first_failure_was_is_kept_until_a_success(
    api: Api, subscribers: Subscribers, receiver: Receiver
) -> None:
    endpoint = await api.endpoint(receiver.url)
    subscribers.retries = Retries(schedule=(timedelta(seconds=30),))
    receiver.answers = ["500 a", "500 b", "500 c"]
    await subscribers.happen(STARTED, SUBMITTED)
    await subscribers.work()
    since = (await seen(api, endpoint))["failing_since"]
    await subscribers.later()
    await subscribers.work()
    assert (await seen(api, endpoint))["failing_since"] == since
    await subscribers.later()
    await subscribers.work()
    assert (await seen(api, endpoint))["failing_since"] is None


async def test_a_message_that_comes_twice_is_archived_once(
    api: Api, subscribers: Subscribers
) -> None:
    id_, body = a_message(STARTED)
    for _ in range(2):
        await subscribers.archive(Delivery(ARCHIVE, body, message_id=id_))
    assert len((await api.get("/events"))["items"]) == 1
