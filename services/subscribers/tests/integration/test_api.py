"""The API says clearly what it does not take, and who may not."""

from uuid import uuid4

import pytest

from services.subscribers.tests.api import Api
from services.subscribers.tests.driving import PAID, STARTED, SUBMITTED, Subscribers
from services.subscribers.tests.receiver import Receiver


async def test_an_endpoint_is_registered_once_for_one_key_and_its_secret_is_shown_only_then(
    api: Api, receiver: Receiver
) -> None:
    body = {"name": " erp ", "url": receiver.url, "types": [SUBMITTED, SUBMITTED, "payments.#"]}
    first = await api.call("POST", "/endpoints", json=body, Idempotency_Key="one")
    again = await api.call("POST", "/endpoints", json=body, Idempotency_Key="one")

    assert first.status_code == 201, first.text
    assert again.json() == first.json() | {"secret": None}
    made = first.json()
    assert made["secret"].startswith("whsec_")
    assert (made["name"], made["types"]) == ("erp", [SUBMITTED, "payments.#"])
    found = await api.call("GET", f"/endpoints/{made['id']}")
    assert made["secret"] not in found.text
    assert found.headers["etag"] == '"1"'
    assert [one["id"] for one in (await api.get("/endpoints"))["items"]] == [made["id"]]


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"types": []}, "/types", "TOO_SHORT"),
        ({"types": ["Orders.#"]}, "/types/0", "PATTERN_MALFORMED"),
        ({"types": ["#", "orders.order-submited.v1"]}, "/types/1", "UNKNOWN_EVENT_TYPE"),
        ({"types": ["#"] * 51}, "/types", "TOO_LONG"),
        ({"name": " "}, "/name", "TOO_SHORT"),
        ({"name": "4111 1111 1111 1111"}, "/name", "CARD_NUMBER_REFUSED"),
        ({"url": None}, "/url", "WRONG_TYPE"),
        ({"colour": "red"}, "/colour", "UNKNOWN_FIELD"),
    ],
)
async def test_a_wrong_field_is_named(
    api: Api, change: dict[str, object], pointer: str, code: str
) -> None:
    body = {"name": "x", "url": "http://127.0.0.1/", "types": ["#"], **change}
    answer = await api.call("POST", "/endpoints", json=body)
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["pointer"] == pointer
    assert error["code"] == code


async def test_a_change_of_an_older_version_is_refused_with_the_current_state(
    api: Api, receiver: Receiver
) -> None:
    path = f"/endpoints/{(await api.endpoint(receiver.url))['id']}"
    changed = await api.call("PATCH", path, json={"name": "a"}, If_Match='"1"')
    assert (changed.json()["name"], changed.headers["etag"]) == ("a", '"2"')
    stale = await api.call("PATCH", path, json={"name": "b"}, If_Match='"1"')
    assert (stale.status_code, stale.json()["current"]["name"]) == (412, "a")


async def test_a_removed_endpoint_is_gone_with_its_log(
    api: Api, subscribers: Subscribers, receiver: Receiver
) -> None:
    endpoint = await api.endpoint(receiver.url)
    await subscribers.happen(STARTED)
    await subscribers.work()
    path = f"/endpoints/{endpoint['id']}"
    assert (await api.call("DELETE", path)).status_code == 204
    for method, where in (
        ("GET", path),
        ("DELETE", path),
        ("GET", f"{path}/deliveries"),
        ("GET", "/deliveries/1"),
        ("POST", f"{path}/test-event"),
        ("POST", "/deliveries/1/redelivery"),
    ):
        assert await api.refused(method, where) == (404, "NOT_FOUND")
    assert await subscribers.run("SELECT 1 FROM attempt") == []


async def test_nothing_is_sent_to_a_disabled_endpoint_but_a_test(
    api: Api, receiver: Receiver
) -> None:
    endpoint = await api.endpoint(receiver.url)
    path = f"/endpoints/{endpoint['id']}"
    sent = await api.post(f"{path}/test-event")
    await api.post(f"{path}/disabling", {"reason": "maintenance"})
    refused = (409, "ENDPOINT_DISABLED")
    assert await api.refused("POST", f"{path}/retry") == refused
    assert await api.refused("POST", f"{path}/replay", {"after": 0}) == refused
    assert await api.refused("POST", f"/deliveries/{sent['id']}/redelivery") == refused
    assert (await api.post(f"{path}/test-event"))["state"] == "delivered"


@pytest.mark.parametrize("body", [{}, {"after": 1, "from_time": "2026-01-01T00:00:00Z"}])
async def test_a_replay_begins_at_one_point(
    api: Api, receiver: Receiver, body: dict[str, object]
) -> None:
    path = f"/endpoints/{(await api.endpoint(receiver.url))['id']}/replay"
    assert await api.refused("POST", path, body) == (422, "INVALID_REQUEST")


async def test_a_replay_from_where_nothing_is_yet_is_refused(
    api: Api, receiver: Receiver, subscribers: Subscribers
) -> None:
    """EV-3: it would go unnoticed that the endpoint gets nothing any more."""
    await subscribers.happen(STARTED)
    end = (await api.get("/events"))["next"]
    path = f"/endpoints/{(await api.endpoint(receiver.url))['id']}/replay"

    for body in ({"after": end + 1}, {"after": 10**12}, {"from_time": "2999-01-01T00:00:00Z"}):
        assert await api.refused("POST", path, body) == (422, "INVALID_REQUEST")
    await api.post(path, {"after": end})
    await subscribers.happen(STARTED)
    await subscribers.work()

    assert len(receiver.got) == 1


async def test_a_new_secret_and_enabling_need_no_body(api: Api, receiver: Receiver) -> None:
    """As the table in docs/subscribing.md names them."""
    path = f"/endpoints/{(await api.endpoint(receiver.url))['id']}"
    assert (await api.post(f"{path}/secrets"))["secret"].startswith("whsec_")
    await api.post(f"{path}/disabling", {"reason": "maintenance"})
    assert (await api.post(f"{path}/enabling"))["disabled"] is None


async def test_the_archive_is_read_page_by_page_by_position_by_time_and_by_type(
    api: Api, subscribers: Subscribers
) -> None:
    """EV-3: replay from a point; EV-1: ids, types, times, sequences."""
    ids = await subscribers.happen(STARTED, SUBMITTED, PAID)
    [[moment]] = await subscribers.run("SELECT now()")
    ids += await subscribers.happen(STARTED)

    async def read(query: str) -> tuple[list[str], int]:
        page = await api.get(f"/events?{query}")
        return [item["event"]["id"] for item in page["items"]], page["next"]

    first, middle = await read("limit=2")
    rest, end = await read(f"limit=2&after={middle}")
    nothing, still = await read(f"after={end}")
    assert (first + rest, nothing, still) == (ids, [], end)
    time = moment.isoformat().replace("+", "%2B")
    assert (await read(f"from_time={time}"))[0] == ids[3:]
    assert (await read("type=orders.%23&type=catalog.%23"))[0] == [*ids[:2], ids[3]]
    assert await read(f"type={PAID}&after={end}") == ([], end)


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=201",
        "after=-1",
        f"after={2**63}",
        "after=1&from_time=2026-01-01T00:00:00Z",
        "from_time=2026-01-01T00:00:00",
        "type=x.y",
        "type=Or",
    ],
)
async def test_a_wrong_parameter_of_the_archive_is_refused(api: Api, query: str) -> None:
    assert await api.refused("GET", f"/events?{query}") == (422, "INVALID_REQUEST")


async def test_who_does_not_see_every_site_does_not_read_every_event(
    api: Api, receiver: Receiver
) -> None:
    """SC-1, SC-3: a permission each, and no limit to some sites."""
    endpoint = await api.endpoint(receiver.url)
    path = f"/endpoints/{endpoint['id']}"
    limited = api.staff(uuid4())
    for method, where in (("GET", "/events"), ("GET", "/endpoints"), ("GET", path)):
        assert await limited.refused(method, where) == (403, "ALL_SITES_NEEDED")
    assert await limited.refused("POST", f"{path}/test-event") == (403, "ALL_SITES_NEEDED")
    only_reads = api.staff(permissions=["subscribers.read"])
    assert (await only_reads.get(path))["id"] == endpoint["id"]
    assert await only_reads.refused("POST", f"{path}/retry") == (403, "PERMISSION_DENIED")
    nothing = api.staff(permissions=["orders.read"])
    assert await nothing.refused("GET", "/events") == (403, "PERMISSION_DENIED")


async def test_the_asyncapi_document_is_served_to_anyone(api: Api) -> None:
    answer = await api.client.get("/asyncapi")
    assert answer.headers["content-type"].startswith("application/vnd.aai.asyncapi+json")
    document = answer.json()
    assert document["asyncapi"] == "3.1.0"
    assert "subscribers_endpoint_disabled_v1" in document["components"]["messages"]
