"""``tradecounter front``: one address before separately running services, with the demo issuer."""

import asyncio
from collections.abc import Mapping
from typing import Annotated

import httpx2
import typer
import uvicorn

from tradecounter.commands.failing import BAD_INPUT, fail
from tradecounter.embedded.directory import data_directory
from tradecounter.front.door import front_door
from tradecounter.front.proxy import Proxy
from tradecounter.issuer.keys import signing_key


def front(
    service: Annotated[
        list[str], typer.Option(help="NAME=http://host:port, once for each service")
    ],
    host: Annotated[str, typer.Option(help="address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="PORT", min=1, max=65535)] = 8080,
) -> None:
    """Lead /api/NAME/... to each service, and publish the demo issuer's keys."""
    addresses = dict(one.split("=", 1) for one in service if "=" in one)
    if len(addresses) != len(service):
        fail("--service: write NAME=http://host:port", code=BAD_INPUT)
    asyncio.run(_serve(addresses, host, port))


async def _serve(addresses: Mapping[str, str], host: str, port: int) -> None:
    key = signing_key(data_directory())
    async with httpx2.AsyncClient(timeout=httpx2.Timeout(60, read=None)) as client:
        services = {name: Proxy(base, client) for name, base in addresses.items()}

        async def ready() -> Mapping[str, str]:
            return await _missing(client, addresses)

        door = front_door(services, key.public, ready)
        config = uvicorn.Config(door, host=host, port=port, lifespan="off", access_log=False)
        await uvicorn.Server(config).serve()


async def _missing(client: httpx2.AsyncClient, addresses: Mapping[str, str]) -> dict[str, str]:
    """Say which services are not ready, with the reason."""
    missing: dict[str, str] = {}
    for name, base in addresses.items():
        try:
            answer = await client.get(f"{base}/readyz", timeout=5)
        except httpx2.TransportError as error:
            missing[name] = str(error) or type(error).__name__
            continue
        if not answer.is_success:
            missing[name] = answer.text[:200]
    return missing
