"""``tradecounter subscriber``: durable queues for systems outside."""

import asyncio
import json
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated

import typer
from contracts.patterns import Pattern, PatternMalformed
from messaging.failures import InfrastructureDown
from rich.console import Console
from rich.table import Table

from tradecounter.commands.failing import BAD_INPUT, fail
from tradecounter.queues.definitions import (
    MAX_LENGTH,
    PREFIX,
    BadSubscriber,
    Subscriber,
    document,
    new_password,
)
from tradecounter.queues.management import BrokerSaysNo, Management
from tradecounter.queues.replay import replay as replay_events

subscribers = typer.Typer(
    help="Durable queues for other systems: add, list, replay, remove.", no_args_is_help=True
)

Name = Annotated[str, typer.Argument(help="small letters, digits and hyphens")]
Url = Annotated[
    str,
    typer.Option(
        "--management-url",
        envvar="RABBITMQ_MANAGEMENT_URL",
        help="the broker's management API: http://user:password@host:15672",
    ),
]
VHost = Annotated[str, typer.Option(help="the virtual host")]


@contextmanager
def _broker(url: str, vhost: str) -> Generator[Management]:
    management = Management(url, vhost=vhost)
    try:
        yield management
    except BrokerSaysNo as error:
        fail(error)
    finally:
        management.close()


def _subscriber(name: str, types: str, max_length: int, ttl: float | None) -> Subscriber:
    try:
        patterns = tuple(Pattern(text.strip()) for text in types.split(",") if text.strip())
        milliseconds = None if ttl is None else round(ttl * 1000)
        return Subscriber(name, patterns, max_length, milliseconds)
    except PatternMalformed as error:
        fail(f"--types: {error}", code=BAD_INPUT)
    except BadSubscriber as error:
        fail(error, code=BAD_INPUT)


@subscribers.command()
def add(  # noqa: PLR0913, PLR0917 - each is an option of the command
    name: Name,
    types: Annotated[
        str, typer.Option(help="event types or patterns, by comma: orders.#,payments.#")
    ],
    management_url: Url = "",
    max_length: Annotated[
        int, typer.Option(min=1, help="messages that may wait; then the oldest are dropped")
    ] = MAX_LENGTH,
    ttl: Annotated[float | None, typer.Option(min=1, help="seconds a message may wait")] = None,
    vhost: VHost = "/",
    print_only: Annotated[
        bool,
        typer.Option("--print", help="only print it, for 'rabbitmqctl import_definitions'"),
    ] = False,
) -> None:
    """Make a queue, and a user who may read it and nothing else; the password is shown once."""
    subscriber = _subscriber(name, types, max_length, ttl)
    password = new_password()
    definitions = document(subscriber, password, vhost=vhost)
    if print_only:
        typer.echo(json.dumps(definitions, indent=2))
        typer.echo(f"user {subscriber.queue}, password {password}", err=True)
        return
    with _broker(_given(management_url), vhost) as broker:
        if broker.knows(subscriber.queue):
            fail(f"there is a subscriber {name!r} already; remove it first")
        broker.load(definitions)
    typer.echo(f"user:     {subscriber.queue}")
    typer.echo(f"password: {password}")
    typer.echo(f"queue:    {subscriber.queue}")


@subscribers.command("list")
def list_subscribers(management_url: Url = "", vhost: VHost = "/") -> None:
    """List subscribers: what waits for each, and what was dropped or given up."""
    with _broker(_given(management_url), vhost) as broker:
        found = broker.subscribers()
    shown = Table("name", "types", "waiting", "dead", "consumers")
    for one in found:
        numbers = (str(one.waiting), str(one.dead), str(one.consumers))
        shown.add_row(one.name, ", ".join(one.types), *numbers)
    Console().print(shown if found else "there is no subscriber")


@subscribers.command()
def remove(name: Name, management_url: Url = "", vhost: VHost = "/") -> None:
    """Remove a subscriber: its user, its queue and what waits in it."""
    queue = f"{PREFIX}{name}"
    with _broker(_given(management_url), vhost) as broker:
        if not broker.knows(queue):
            fail(f"there is no subscriber {name!r}")
        broker.remove(queue)
    typer.echo(f"removed {queue}")


@subscribers.command()
def replay(  # noqa: PLR0913, PLR0917 - each is an option of the command
    name: Name,
    broker_url: Annotated[
        str, typer.Option(envvar="TRADECOUNTER_BROKER_URL", help="amqp://user:password@host/")
    ],
    management_url: Url = "",
    after: Annotated[
        int | None, typer.Option("--from-position", min=0, help="behind it; 0: everything")
    ] = None,
    since: Annotated[
        datetime | None, typer.Option("--from-time", help="what has happened since (UTC)")
    ] = None,
    vhost: VHost = "/",
) -> None:
    """Put events of the archive into a subscriber's queue again, under the same ids."""
    if (after is None) == (since is None):
        fail("give either --from-position or --from-time", code=BAD_INPUT)
    queue = f"{PREFIX}{name}"
    with _broker(_given(management_url), vhost) as broker:
        if not broker.knows(queue):
            fail(f"there is no subscriber {name!r}")
        patterns = [Pattern(text) for text in broker.types(queue)]
    start = after if since is None else since.replace(tzinfo=since.tzinfo or UTC)
    console = Console(stderr=True)
    with console.status("replaying") as status:

        def progress(sent: int) -> None:
            status.update(f"replaying: {sent} sent")

        try:
            work = replay_events(broker_url, queue, patterns, start or 0, progress)
            sent = asyncio.run(work)
        except InfrastructureDown as error:
            fail(f"the broker cannot be reached: {error}")
    typer.echo(f"{sent} sent again")


def _given(url: str) -> str:
    if not url:
        fail("--management-url or RABBITMQ_MANAGEMENT_URL is not set", code=BAD_INPUT)
    return url
