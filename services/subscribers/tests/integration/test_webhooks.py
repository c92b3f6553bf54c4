"""What an endpoint gets, in which order, and what happens when it does not take it."""

import json

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from services.subscribers.tests.api import Api
from services.subscribers.tests.driving import (
    PAID,
    STARTED,
    SUBMITTED,
    Subscribers,
    log,
    seen,
)
from services.subscribers.tests.receiver import Receiver


async def test_an_event_comes_signed_so_that_the_librarys_own_check_takes_it(
    api: Api, subscribers: Subscribers, receiver: Receiver
) -> None:
    """EV-3: Standard Webhooks; the body is the CloudEvents document."""
    endpoint = await api.endpoint(receiver.url, "orders.#")
    ids = await subscribers.happen(SUBMITTED)

    await subscribers.work()

    [got] = receiver.got
    event = Webhook(endpoint["secret"]).verify(got.body, got.headers)
    assert (event["id"], event["type"], event["sequence"]) == (ids[0], SUBMITTED, "1")
    assert got.headers["webhook-id"] == ids[0]
    assert got.headers["content-type"].startswith("application/cloudevents+json")
    with pytest.raises(WebhookVerificationError):
        Webhook(endpoint["secret"]).verify(got.body + b" ", got.headers)
    [delivery] = await log(api, endpoint)
    assert (delivery["state"], delivery["attempts"]) == ("delivered", 1)
    detail = await api.get(f"/deliveries/{delivery['id']}")
    assert detail["event"] == event
    assert [one["status"] for one in detail["log"]] == [204]


async def test_an_endpoint_gets_its_types_only_and_nothing_from_before(
    api: Api, subscribers: Subscribers, receiver: Receiver
) -> None:
    await subscribers.happen(SUBMITTED)
    await api.endpoint(receiver.url, SUBMITTED, "payments.*.v1")

    ids = await subscribers.happen(STARTED, SUBMITTED, PAID, STARTED)
    await subscribers.work()

    assert receiver.ids == [ids[1], ids[2]]


async def test_a_failing_event_holds_back_its_endpoint_and_no_other(
    api: Api, subscribers: Subscribers, receiver: Receiver, other: Receiver
) -> None:
    """EV-3: order is kept per endpoint; 4 attempts come to the same event first."""
    failing, healthy = await api.endpoint(receiver.url), await api.endpoint(other.url)
    receiver.answers = ["503 Service Unavailable", "500 Oops\n\nout of paper"]
    ids = await subscribers.happen(STARTED, SUBMITTED, PAID)

    await subscribers.work()
    assert (receiver.ids, other.ids) == ([ids[0]], ids)
    state = await seen(api, failing)
    assert (state["waiting"], state["failing_since"] is None) == (3, False)
    assert state["next_attempt_at"] > state["failing_since"]
    await subscribers.later()
    await subscribers.work()
    assert receiver.ids == [ids[0]] * 2
    await subscribers.later()
    await subscribers.work()

    assert receiver.ids == [ids[0]] * 2 + ids
    assert (await seen(api, failing))["failing_since"] is None
    first = (await log(api, failing))[-1]
    detail = await api.get(f"/deliveries/{first['id']}")
    assert [(one["status"], one["error"], one["response"]) for one in detail["log"]] == [
        (503, "503 Service Unavailable", ""),
        (500, "500 Internal Server Error", "out of paper"),
        (204, None, ""),
    ]
    assert {one["state"] for one in await log(api, healthy)} == {"delivered"}
    assert receiver.most_at_once == 1


async def test_an_event_that_is_never_taken_is_parked_and_the_queue_goes_on(
    api: Api, subscribers: Subscribers, receiver: Receiver
) -> None:
    """EV-4: with the reason; EV-3: and can be sent again later."""
    endpoint = await api.endpoint(receiver.url)
    receiver.answers = ["400 Bad Request"] * 3
    ids = await subscribers.happen(STARTED, SUBMITTED)
    for _ in range(3):
        await subscribers.work()
        await subscribers.later()

    await subscribers.work()

    assert receiver.ids == [ids[0]] * 3 + [ids[1]]
    [parked] = await log(api, endpoint, "parked")
    assert (parked["event_id"], parked["reason"]) == (ids[0], "400 Bad Request")
    again = await api.post(f"/deliveries/{parked['id']}/redelivery")
    assert (again["state"], again["attempts"]) == ("delivered", 4)
    assert receiver.ids[-1] == ids[0]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("302 Found\nlocation: http://127.0.0.1:1/", "302 Found; redirects are not followed"),
        ("silent", "no answer within 0.5 s"),
        ("abc", "RemoteProtocolError"),
    ],
)
async def test_what_is_no_success_is_a_failure_with_its_reason(
    api: Api, subscribers: Subscribers, receiver: Receiver, answer: str, error: str
) -> None:
    endpoint = await api.endpoint(receiver.url)
    receiver.answer = answer
    await subscribers.happen(STARTED)

    await subscribers.work()

    [delivery] = await log(api, endpoint, "waiting")
    detail = await api.get(f"/deliveries/{delivery['id']}")
    assert detail["log"][0]["error"].startswith(error)
    assert len(receiver.got) == 1


async def test_of_a_long_answer_the_first_kilobyte_is_kept(
    api: Api, subscribers: Subscribers, receiver: Receiver
) -> None:
    endpoint = await api.endpoint(receiver.url)
    receiver.answer = "200 OK\n\n" + "x" * 1_000_000
    await subscribers.happen(STARTED)

    await subscribers.work()

    [delivery] = await log(api, endpoint, "delivered")
    detail = await api.get(f"/deliveries/{delivery['id']}")
    assert detail["log"][0]["response"] == "x" * 1024


async def test_retry_after_is_heeded(
    api: Api, subscribers: Subscribers, receiver: Receiver
) -> None:
    endpoint = await api.endpoint(receiver.url)
    receiver.answer = "429 Too Many Requests\nretry-after: 50"
    await subscribers.happen(STARTED)

    await subscribers.work()

    [[rest]] = await subscribers.run("SELECT extract(epoch FROM due_at - now()) FROM endpoint")
    assert 45 < rest <= 50
    await api.post(f"/endpoints/{endpoint['id']}/retry")
    await subscribers.work()
    assert len(receiver.got) == 2


@pytest.mark.parametrize("answer", ["410 Gone", "500 Oops"])
async def test_an_endpoint_that_wants_nothing_more_or_fails_for_days_is_disabled_with_an_event(
    api: Api, subscribers: Subscribers, receiver: Receiver, answer: str
) -> None:
    """EV-3: at once on 410, else after five days without a success."""
    endpoint = await api.endpoint(receiver.url)
    receiver.answer = answer
    ids = await subscribers.happen(STARTED)
    await subscribers.work()
    await subscribers.run("UPDATE endpoint SET failing_since = now() - interval '5 days'")
    await subscribers.later()
    await subscribers.work()

    disabled = (await seen(api, endpoint))["disabled"]
    assert answer[:3] in disabled["reason"]
    [[kind, body]] = await subscribers.run("SELECT type, body FROM outbox")
    assert kind == "subscribers.endpoint-disabled.v1"
    assert json.loads(body)["data"]["reason"] == disabled["reason"]
    tried = len(receiver.got)
    await subscribers.later()
    await subscribers.work()
    assert len(receiver.got) == tried
    receiver.answer = "200 OK"
    more = await subscribers.happen(SUBMITTED)
    await subscribers.work()
    await api.post(f"/endpoints/{endpoint['id']}/enabling", {})
    await subscribers.work()
    assert receiver.ids[tried:] == ids + more, "what waited, then what happened meanwhile"


async def test_enabled_without_catching_up_it_gets_what_waited_and_what_comes(
    api: Api, subscribers: Subscribers, receiver: Receiver
) -> None:
    endpoint = await api.endpoint(receiver.url)
    path = f"/endpoints/{endpoint['id']}"
    await api.post(f"{path}/disabling", {"reason": "maintenance"})
    await subscribers.happen(STARTED)
    await api.post(f"{path}/enabling", {"catch_up": False})

    ids = await subscribers.happen(SUBMITTED)
    await subscribers.work()

    assert receiver.ids == ids


async def test_a_new_secret_and_the_old_one_both_verify_until_the_overlap_is_over(
    api: Api, subscribers: Subscribers, receiver: Receiver
) -> None:
    """EV-3: key rotation."""
    endpoint = await api.endpoint(receiver.url)
    rotated = await api.post(f"/endpoints/{endpoint['id']}/secrets", {"overlap_hours": 1})
    await subscribers.happen(STARTED)
    await subscribers.work()
    await subscribers.run(
        "UPDATE endpoint_secret SET expires_at = now() WHERE expires_at IS NOT NULL"
    )
    await subscribers.happen(STARTED)
    await subscribers.work()

    first, second = receiver.got
    for secret in (endpoint["secret"], rotated["secret"]):
        Webhook(secret).verify(first.body, first.headers)
    Webhook(rotated["secret"]).verify(second.body, second.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(endpoint["secret"]).verify(second.body, second.headers)


async def test_a_third_secret_has_to_wait(api: Api, receiver: Receiver) -> None:
    endpoint = await api.endpoint(receiver.url)
    path = f"/endpoints/{endpoint['id']}/secrets"
    await api.post(path, {})
    assert await api.refused("POST", path, {}) == (409, "TWO_SECRETS_VALID")


async def test_a_replay_brings_everything_from_a_position_on_again_in_order(
    api: Api, subscribers: Subscribers, receiver: Receiver
) -> None:
    """EV-3: under the same ids, so that the other system can tell."""
    endpoint = await api.endpoint(receiver.url)
    ids = await subscribers.happen(STARTED, SUBMITTED, PAID)
    await subscribers.work()
    page = await api.get("/events?limit=1")

    await api.post(f"/endpoints/{endpoint['id']}/replay", {"after": page["next"]})
    more = await subscribers.happen(STARTED)
    await subscribers.work()

    assert receiver.ids == ids + ids[1:] + more


async def test_a_replay_from_a_time_reaches_before_the_registration(
    api: Api, subscribers: Subscribers, receiver: Receiver
) -> None:
    old = await subscribers.happen(STARTED)
    [[moment]] = await subscribers.run("SELECT now()")
    ids = await subscribers.happen(SUBMITTED)
    endpoint = await api.endpoint(receiver.url)
    new = await subscribers.happen(PAID)

    await api.post(f"/endpoints/{endpoint['id']}/replay", {"from_time": moment.isoformat()})
    await subscribers.work()

    assert receiver.ids == ids + new
    assert old[0] not in receiver.ids


async def test_a_replay_of_what_waits_sends_it_once(
    api: Api, subscribers: Subscribers, receiver: Receiver
) -> None:
    endpoint = await api.endpoint(receiver.url)
    receiver.answers = ["500 Oops"]
    ids = await subscribers.happen(STARTED, SUBMITTED)
    await subscribers.work()

    await api.post(f"/endpoints/{endpoint['id']}/replay", {"after": 0})
    await subscribers.work()

    assert receiver.ids == [ids[0], *ids]
    assert len(await log(api, endpoint, "superseded")) == 2


async def test_a_test_event_is_sent_at_once_and_stands_in_the_log(
    api: Api, receiver: Receiver
) -> None:
    endpoint = await api.endpoint(receiver.url, SUBMITTED)
    receiver.answers = ["401 Unauthorized\n\nwho?"]

    failed = await api.post(f"/endpoints/{endpoint['id']}/test-event")
    taken = await api.post(f"/endpoints/{endpoint['id']}/test-event")

    assert (failed["state"], failed["log"][0]["response"]) == ("parked", "who?")
    assert (taken["state"], taken["type"]) == ("delivered", "subscribers.endpoint-tested.v1")
    assert taken["event"]["staffid"] == "clerk"
    Webhook(endpoint["secret"]).verify(receiver.got[1].body, receiver.got[1].headers)
