"""``tradecounter definitions``: the broker's queues and policies, as RabbitMQ imports them."""

import json
import time
from typing import Annotated

import httpx2
import typer
from messaging.rabbit import definitions as broker_definitions

from tradecounter.commands.failing import fail

_TRIES = 30


def definitions(
    load: Annotated[
        str | None,
        typer.Option(
            envvar="RABBITMQ_MANAGEMENT_URL",
            help="load them into a broker: http://user:password@host:15672",
        ),
    ] = None,
    vhost: Annotated[str, typer.Option(help="where everything stands")] = "/",
    archive_age: Annotated[
        str, typer.Option(envvar="ARCHIVE_AGE", help="how long events can be replayed: 7D, 12h")
    ] = "7D",
    archive_bytes: Annotated[
        int | None, typer.Option(envvar="ARCHIVE_BYTES", min=1, help="what they may take")
    ] = None,
) -> None:
    """Print the broker's definitions, or load them over its management API."""
    from tradecounter.embedded.system import queues  # noqa: PLC0415 - other commands start faster

    document = broker_definitions(
        queues(), vhost=vhost, archived=archive_age, archive_bytes=archive_bytes
    )
    if load is None:
        typer.echo(json.dumps(document, indent=2))
        return
    _load(load, document)
    typer.echo(f"loaded {len(document['queues'])} queues, {len(document['policies'])} policies")


def _load(url: str, document: dict[str, object]) -> None:
    """Load the definitions; a broker that has just started may take a moment to answer."""
    last = "no answer"
    for _ in range(_TRIES):
        try:
            answer = httpx2.post(f"{url}/api/definitions", json=document, timeout=30)
        except httpx2.TransportError as error:
            last = str(error) or type(error).__name__
        else:
            if answer.is_success:
                return
            last = f"{answer.status_code} {answer.text[:300]}"
            if answer.status_code < 500:
                break
        time.sleep(1)  # noqa: TID251 - a command with nothing else to do
    fail(f"the broker did not take the definitions: {last}")
