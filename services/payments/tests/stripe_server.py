"""A Stripe to test with: a localstripe process, and a link to it that can lose answers."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from tests.system.running import free_port, wait_for

KEY = "sk_test_of_ours"


@dataclass
class Stripe:
    """A running localstripe.

    Attributes:
        url: Its address.
    """

    url: str
    port: int

    def call(self, method: str, path: str, **data: str) -> dict[str, Any]:
        answer = httpx2.request(
            method,
            f"{self.url}/v1/{path}",
            data=data or None,
            headers={"Authorization": f"Bearer {KEY}"},
            timeout=10,
        )
        assert answer.is_success, answer.text
        return answer.json()

    def card(self, number: str) -> str:
        """Give the token of a card, as Stripe's own field does."""
        made = self.call(
            "POST",
            "payment_methods",
            **{
                "type": "card",
                "card[number]": number,
                "card[exp_month]": "12",
                "card[exp_year]": "2099",
                "card[cvc]": "123",
            },
        )
        return made["id"]

    def intents(self) -> list[dict[str, Any]]:
        return httpx2.get(
            f"{self.url}/v1/payment_intents?limit=1000",
            headers={"Authorization": f"Bearer {KEY}"},
            timeout=10,
        ).json()["data"]


@contextmanager
def localstripe() -> Generator[Stripe]:
    port = free_port()
    command = [Path(sys.executable).parent / "localstripe", "--port", str(port), "--from-scratch"]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
    )
    try:
        stripe = Stripe(f"http://127.0.0.1:{port}", port)
        wait_for(lambda: httpx2.get(f"{stripe.url}/js.stripe.com/v3/").is_success, timeout=30)
        yield stripe
    finally:
        process.terminate()
        process.wait(10)


@dataclass
class Lossy:
    """A link to Stripe that loses the answers to the next requests."""

    url: str
    loses: int = 0
    lost: int = 0
    writers: list[asyncio.StreamWriter] = field(default_factory=list[asyncio.StreamWriter])
    carrying: set[object] = field(default_factory=set[object])
    idle: asyncio.Event = field(default_factory=asyncio.Event)

    async def close(self) -> None:
        for writer in self.writers:
            writer.close()
        if self.carrying:
            await self.idle.wait()


@asynccontextmanager
async def lossy_link(port: int) -> AsyncGenerator[Lossy]:
    link = Lossy("")

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", port)
        link.writers += [writer, back]
        link.carrying.add(writer)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(_copy(reader, back, link, answers=False))
                tasks.create_task(_copy(there, writer, link, answers=True))
        finally:
            link.carrying.discard(writer)
            if not link.carrying:
                link.idle.set()

    server = await asyncio.start_server(carry, "127.0.0.1", 0)
    link.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield link
    finally:
        server.close()
        await link.close()


async def _copy(
    source: asyncio.StreamReader, sink: asyncio.StreamWriter, link: Lossy, *, answers: bool
) -> None:
    try:
        while data := await source.read(65536):
            if answers and link.loses:
                link.loses -= 1
                link.lost += 1
                break
            sink.write(data)
            await sink.drain()
    except ConnectionError:
        pass
    finally:
        sink.close()
