"""``tradecounter run``: one command from nothing to a running system, and back on Ctrl-C."""

import json
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID

import httpx2
from chassis.serving import listen, serving, until_signal
from rich.console import Console
from starlette.types import ASGIApp

from tradecounter.client import Api
from tradecounter.embedded.demo import Demo, make_demo
from tradecounter.embedded.directory import DataDirectory
from tradecounter.embedded.system import SERVICES, database_urls, prepare, running, settings_of
from tradecounter.issuer.keys import signing_key
from tradecounter.issuer.staff import keep_csr_sites, staff_member
from tradecounter.issuer.tokens import token_for
from tradecounter.servers.postgres import EmbeddedPostgres

_LAST_ANSWERS = 10.0
"""Seconds that running requests are waited for at the end."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to run.

    Attributes:
        database_url: A PostgreSQL server to use instead of one of our own.
        broker_url: A RabbitMQ to use instead of the embedded transport.
        tax_url: Where an outside tax provider is asked.
    """

    directory: DataDirectory
    host: str
    port: int
    database_url: str | None = None
    broker_url: str | None = None
    demo: bool = True
    tax_url: str | None = None

    @property
    def url(self) -> str:
        """Give the address of the front door."""
        return f"http://{self.host}:{self.port}"


async def run(options: Options, console: Console) -> None:
    """Run until SIGINT or SIGTERM.

    Raises:
        WrongSettings: Some are malformed; nothing was started.
        PortTaken: The port belongs to another program; nothing was started.
        ServerError: PostgreSQL cannot run, or the data directory is in use.
    """
    _check(options)
    with until_signal() as stop, listen(options.host, options.port) as listening:
        async with AsyncExitStack() as stack:
            server_url = options.database_url or await _postgres(options, stack, console)
            urls = database_urls(server_url)
            console.print("bringing the databases to their newest schema ...")
            await prepare(urls)
            door = await stack.enter_async_context(
                running(
                    urls,
                    options.directory.path,
                    url=options.url,
                    broker_url=options.broker_url,
                    tax_url=options.tax_url,
                )
            )
            demo = await _demo(options, door) if options.demo else None
            async with serving(door, listening, grace=_LAST_ANSWERS):
                options.directory.note_address(options.url)
                stack.callback(options.directory.forget_address)
                _Welcome(console, options, demo).show()
                await stop.wait()
                console.print("\nclosing: running work is being finished ...")
    console.print(f"closed; the data stays in {options.directory.path}")


def _check(options: Options) -> None:
    """Read all settings before anything is started; the database's address may come later."""
    url = options.database_url or "postgresql://not.started.yet/"
    settings_of(
        {service.name: url for service in SERVICES},
        options.directory.path,
        url=options.url,
        broker_url=options.broker_url,
        tax_url=options.tax_url,
    )


async def _postgres(options: Options, stack: AsyncExitStack, console: Console) -> str:
    console.print("starting PostgreSQL ...")
    postgres = await stack.enter_async_context(EmbeddedPostgres(options.directory.postgres))
    if postgres.notice:
        console.print(postgres.notice)
    return postgres.url


async def _demo(options: Options, door: ASGIApp) -> Demo:
    """Make the demo data at the first start; later starts leave the data alone."""
    directory = options.directory
    if directory.seeded.exists():
        return Demo(**json.loads(directory.seeded.read_text()))
    token = token_for(staff_member(directory.path, "admin"), signing_key(directory.path))
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=door),
        base_url=options.url,
        headers={"Authorization": f"Bearer {token}"},
    ) as client:
        demo = await make_demo(Api(client))
    keep_csr_sites(directory.path, (UUID(demo.csr_site),))
    directory.seeded.write_text(json.dumps(asdict(demo)) + "\n")
    return demo


@dataclass(frozen=True, slots=True)
class _Welcome:
    """What is printed once the system answers."""

    console: Console
    options: Options
    demo: Demo | None

    def show(self) -> None:
        url, command = self.options.url, _command(self.options.directory.path)
        say = self.console.print
        say(f"\n[bold]Tradecounter is up[/bold] on {url}  (Ctrl-C ends it; the data stays)")
        say("\nSign in as admin, supervisor or csr (all but csr work for every site):\n")
        say(f"  TOKEN=$({command} token admin)", soft_wrap=True, highlight=False)
        if self.demo is None:
            return
        say("\nPlace a first order:\n")
        body = {
            "site": "uk",
            "customer_id": self.demo.customer_id,
            "lines": [{"sku": "MUG-01", "units": 2}],
            "shipping": {"cost": {"minor": 495, "currency": "GBP"}},
            "payments": [{"method": "bank-transfer"}],
            "submit": True,
        }
        say(
            f"  curl -sS {url}/api/orders/v1/orders "
            '-H "Authorization: Bearer $TOKEN" -H "Idempotency-Key: first-order" '
            f"-H 'Content-Type: application/json' -d '{json.dumps(body)}'\n",
            soft_wrap=True,
            highlight=False,
            markup=False,
        )


def _command(directory: Path) -> str:
    """Give the command line that a reader of the welcome can type from where they are."""
    here = Path.cwd()
    command = ".venv/bin/tradecounter" if (here / ".venv").exists() else "tradecounter"
    return command if directory == here / ".data" else f"DATA_DIR={directory} {command}"
