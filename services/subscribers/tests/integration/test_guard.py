"""Private addresses are refused at registration and at delivery, after the name was looked up."""

import asyncio
import contextlib
import socket
import ssl
from datetime import timedelta
from uuid import uuid4

import pytest
from chassis.database import create_engine
from sqlalchemy import text
from subscribers.domain.addresses import Guard
from subscribers.gateways.sender import Mail, Sender, open_sender

from services.subscribers.tests.api import Api, open_api
from services.subscribers.tests.receiver import Receiver, receiving

SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NAME = "hooks.example.com"


def a_mail(url: str) -> Mail:
    return Mail(url, [SECRET], uuid4(), b"{}")


def leads_to(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> None:
    """Have names lead elsewhere with each look-up; the last answer stays."""
    waiting = list(answers)

    async def getaddrinfo(_loop: object, host: str, port: int, **_: object) -> list[object]:
        found = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]

    monkeypatch.setattr(asyncio.get_running_loop().__class__, "getaddrinfo", getaddrinfo)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://localhost/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://10.0.0.1:8443/",
    ],
)
async def test_an_address_inside_cannot_be_registered(subscribers_database: str, url: str) -> None:
    async with open_api(subscribers_database, allowed_networks="") as api:
        body = {"name": "x", "url": url, "types": ["#"]}
        answer = await api.call("POST", "/endpoints", json=body)
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (422, "ADDRESS_NOT_PUBLIC")
        assert problem["errors"][0]["pointer"] == "/url"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://93.184.216.34/", "TLS_REQUIRED"),
        ("ftp://example.com/", "URL_MALFORMED"),
        ("https://user:pw@example.com/", "URL_MALFORMED"),
        ("https://nowhere.invalid/", "HOST_UNKNOWN"),
    ],
)
async def test_other_urls_are_refused_by_name(api: Api, url: str, code: str) -> None:
    body = {"name": "x", "url": url, "types": ["#"]}
    assert await api.refused("POST", "/endpoints", body) == (422, code)


async def test_a_repeat_is_answered_whatever_has_become_of_the_name(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """EV-3: a name that leads inside by now does not undo what was registered under the key."""
    leads_to(monkeypatch, ["93.184.216.34"], ["10.0.0.1"])
    body = {"name": "x", "url": f"https://{NAME}/", "types": ["#"]}
    key = {"Idempotency_Key": str(uuid4())}
    first = await api.call("POST", "/endpoints", json=body, **key)
    again = await api.call("POST", "/endpoints", json=body, **key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json()["id"] == first.json()["id"]


async def test_an_endpoint_cannot_be_moved_inside(api: Api, receiver: Receiver) -> None:
    endpoint = await api.endpoint(receiver.url)
    path = f"/endpoints/{endpoint['id']}"
    wish = {"url": "https://10.0.0.1/"}
    assert await api.refused("PATCH", path, wish) == (422, "ADDRESS_NOT_PUBLIC")


async def test_a_name_that_leads_inside_later_is_refused_at_delivery(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: public at registration, inside when the event is sent."""
    leads_to(monkeypatch, ["93.184.216.34"], ["127.0.0.1"])
    port = receiver.url.split(":")[2].split("/")[0]
    url = f"https://{NAME}:{port}/"
    async with open_sender(Guard(), timedelta(seconds=5)) as sender:
        await sender.check(url)
        outcome = await sender.send(a_mail(url))

    assert outcome.error == f"ADDRESS_NOT_PUBLIC: {NAME} is not on the internet"
    assert receiver.got == []


async def test_the_connection_goes_to_the_address_that_was_judged_and_tls_asks_for_the_name(
    monkeypatch: pytest.MonkeyPatch, certificate: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    serving, trusting = certificate
    async with receiving(serving) as receiver:
        port = receiver.url.split(":")[2].split("/")[0]
        leads_to(monkeypatch, ["127.0.0.1"])
        async with _sender(trusting) as sender:
            taken = await sender.send(a_mail(f"https://{NAME}:{port}/x?y=1"))
            wrong = await sender.send(a_mail(f"https://other.example:{port}/"))

    assert (taken.error, taken.status) == (None, 204)
    assert receiver.got[0].path == "/x?y=1"
    assert receiver.got[0].headers["host"] == f"{NAME}:{port}"
    assert wrong.error is not None
    assert "certificate" in wrong.error


def _sender(tls: ssl.SSLContext) -> contextlib.AbstractAsyncContextManager[Sender]:
    return open_sender(Guard.of(["127.0.0.0/8"]), timedelta(seconds=5), tls)


async def test_a_name_with_an_address_that_does_not_answer_is_reached_at_the_next(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = receiver.url.split(":")[2].split("/")[0]
    leads_to(monkeypatch, ["127.0.0.9", "127.0.0.1"])
    async with open_sender(Guard.of(["127.0.0.0/8"]), timedelta(seconds=5)) as sender:
        outcome = await sender.send(a_mail(f"http://{NAME}:{port}/"))
    assert outcome.error is None


async def test_a_proxy_of_the_environment_is_not_asked(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with open_sender(Guard.of(["127.0.0.0/8"]), timedelta(seconds=5)) as sender:
        assert (await sender.send(a_mail(receiver.url))).error is None


async def test_no_transaction_waits_for_a_name(
    api: Api, receiver: Receiver, subscribers_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """EV-3: a name server that takes its time keeps no connection, and locks no endpoint."""
    endpoint, engine = await api.endpoint(receiver.url), create_engine(subscribers_database)
    waiting: list[int] = []
    query = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND state LIKE 'idle in transaction%'"
    )

    async def getaddrinfo(_loop: object, host: str, port: int, **_: object) -> list[object]:
        async with engine.connect() as connection:
            waiting.append((await connection.execute(query)).scalar_one())
        return [(2, 1, 6, "", ("93.184.216.34", port))]

    monkeypatch.setattr(asyncio.get_running_loop().__class__, "getaddrinfo", getaddrinfo)
    url = f"https://{NAME}/"
    moved = await api.call("PATCH", f"/endpoints/{endpoint['id']}", json={"url": url})
    body = {"name": "x", "url": url, "types": ["#"]}
    made = await api.call("POST", "/endpoints", json=body, Idempotency_Key=str(uuid4()))
    await engine.dispose()

    assert (moved.status_code, made.status_code) == (200, 201)
    assert moved.json()["url"] == url
    assert waiting == [0, 0]


async def test_an_address_that_stays_is_not_judged_again(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """EV-3: whatever its name leads to by now; it is judged again with every delivery."""
    leads_to(monkeypatch, ["93.184.216.34"], ["10.0.0.1"])
    body = {"name": "x", "url": f"https://{NAME}/", "types": ["#"]}
    made = await api.call("POST", "/endpoints", json=body, Idempotency_Key=str(uuid4()))
    path, change = f"/endpoints/{made.json()['id']}", {"name": "y", "url": body["url"]}
    assert (await api.call("PATCH", path, json=change)).json()["name"] == "y"
