"""Sends webhooks: signed as Standard Webhooks says, to addresses that may be reached, in time.

Neither redirects nor proxies are followed. The name is looked up here, its addresses are judged,
and the connection goes to an address that was judged, so that a second look-up cannot lead
elsewhere; TLS still asks for a certificate of the name.
"""

import asyncio
import contextlib
import socket
import ssl
import time
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import cast
from uuid import UUID

import httpcore2
from standardwebhooks import Webhook
from typing_extensions import override

from subscribers.domain.addresses import Guard, Target, UrlRefused, target_of
from subscribers.domain.delivery import MOST_RESPONSE, Outcome

CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"
_BODY_WITHIN = 2.0
"""Seconds for the beginning of the answer's body, which is only for people to read."""
_IDLE = 30.0
"""Seconds that a connection is kept for the next event."""


async def addresses_of(target: Target) -> list[str]:
    """Look a name up; an address written in any way is its own. Unknown: none."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(one[4][0]) for one in found))


@dataclass(frozen=True, slots=True)
class Mail:
    """What is sent: an event to an address, signed with these secrets."""

    url: str
    secrets: Sequence[str]
    event_id: UUID
    body: bytes


class Sender:
    """Sends over connections that are kept for a while; made by ``open_sender``.

    Attributes:
        timeout: What an attempt may take, from the look-up to the status line.
    """

    def __init__(self, guard: Guard, timeout: timedelta, tls: ssl.SSLContext | None) -> None:
        self.timeout = timeout
        self._guard = guard
        self._pools = {
            scheme: httpcore2.AsyncConnectionPool(
                ssl_context=tls or ssl.create_default_context(),
                max_connections=200,
                max_keepalive_connections=50,
                keepalive_expiry=_IDLE,
                network_backend=_Guarded(guard, scheme),
            )
            for scheme in ("https", "http")
        }

    async def check(self, url: str) -> None:
        """Check where a URL leads just now.

        Raises:
            UrlRefused: Webhooks may not be sent there.
        """
        target = target_of(url)
        self._guard.check(target, await addresses_of(target))

    async def send(self, mail: Mail) -> Outcome:
        """Make one attempt; whatever happens is in the outcome."""
        at, began = datetime.now(UTC), time.monotonic()
        try:
            async with asyncio.timeout(self.timeout.total_seconds()):
                found = await self._post(mail, at)
        except TimeoutError:
            seconds = self.timeout.total_seconds()
            found = Outcome(at, timedelta(0), error=f"no answer within {seconds:g} s")
        except UrlRefused as refused:
            found = Outcome(at, timedelta(0), error=f"{refused.code}: {refused}")
        except (*_FAULTS, OSError, ValueError) as error:
            reason = str(error) or "the connection broke off"
            found = Outcome(at, timedelta(0), error=f"{type(error).__name__}: {reason}"[:500])
        return replace(found, took=timedelta(seconds=time.monotonic() - began))

    async def _post(self, mail: Mail, at: datetime) -> Outcome:
        pool = self._pools[target_of(mail.url).scheme]
        headers = _headers(mail, at)
        async with pool.stream("POST", mail.url, headers=headers, content=mail.body) as answer:
            beginning = await _beginning(answer)
            return Outcome(
                at,
                timedelta(0),
                status=answer.status,
                error=None if 200 <= answer.status < 300 else _named(answer.status),
                response=beginning,
                retry_after=_retry_after(answer.headers, at),
            )

    async def close(self) -> None:
        """Close every connection."""
        for pool in self._pools.values():
            await pool.aclose()


@asynccontextmanager
async def open_sender(
    guard: Guard, within: timedelta, tls: ssl.SSLContext | None = None
) -> AsyncGenerator[Sender]:
    """Open what sends; ``tls`` trusts other authorities than the machine's."""
    sender = Sender(guard, within, tls)
    try:
        yield sender
    finally:
        await sender.close()


class _Guarded(httpcore2.AsyncNetworkBackend):
    """Connects to addresses that were judged."""

    def __init__(self, guard: Guard, scheme: str) -> None:
        self._guard = guard
        self._scheme = scheme
        # Without anyio, which httpx2 requires, this name would stand for something else.
        self._plain = cast("httpcore2.AsyncNetworkBackend", httpcore2.AnyIOBackend())

    @override
    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        target = Target(self._scheme, host, port)
        addresses = await addresses_of(target)
        self._guard.check(target, addresses)
        for address in addresses[:-1]:
            with contextlib.suppress(httpcore2.ConnectError):
                return await self._plain.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
        return await self._plain.connect_tcp(
            addresses[-1], port, timeout, local_address, socket_options
        )


_FAULTS = (
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.TimeoutException,
    httpcore2.UnsupportedProtocol,
)


def _headers(mail: Mail, at: datetime) -> list[tuple[str, str]]:
    name = str(mail.event_id)
    text = mail.body.decode()
    signatures = [Webhook(secret).sign(name, at, text) for secret in mail.secrets]
    return [
        ("content-type", CONTENT_TYPE),
        ("user-agent", "Tradecounter-Webhooks/1"),
        ("accept", "*/*"),
        ("webhook-id", name),
        ("webhook-timestamp", str(int(at.timestamp()))),
        ("webhook-signature", " ".join(signatures)),
    ]


async def _beginning(answer: httpcore2.Response) -> str:
    """Read the beginning of the body; what cannot be read changes nothing about the status."""
    read = bytearray()
    with contextlib.suppress(TimeoutError, *_FAULTS):
        async with asyncio.timeout(_BODY_WITHIN):
            async for chunk in answer.aiter_stream():
                read += chunk
                if len(read) >= MOST_RESPONSE:
                    break
    text = bytes(read[:MOST_RESPONSE]).decode(errors="replace")
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")


def _named(status: int) -> str:
    try:
        phrase = f" {HTTPStatus(status).phrase}"
    except ValueError:
        phrase = ""
    followed = "; redirects are not followed" if 300 <= status < 400 else ""
    return f"{status}{phrase}{followed}"


def _retry_after(headers: Iterable[tuple[bytes, bytes]], at: datetime) -> timedelta | None:
    """Read ``Retry-After``: seconds, or a date."""
    for name, value in headers:
        if name.lower() != b"retry-after":
            continue
        text = value.decode("latin-1").strip()
        if text.isdigit():
            return timedelta(seconds=min(int(text[:9]), 10**8))
        with contextlib.suppress(ValueError, TypeError):
            return max(timedelta(0), parsedate_to_datetime(text) - at)
    return None
