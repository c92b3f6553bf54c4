"""``tradecounter migrate``: bring databases to their newest schema."""

import asyncio
from typing import Annotated

import typer


def migrate(
    database_url: Annotated[
        str,
        typer.Option(
            envvar="TRADECOUNTER_SERVER_URL", help="the PostgreSQL server: postgresql://..."
        ),
    ],
) -> None:
    """Make each service's database on a server, if it is missing, and bring it up to date."""
    from tradecounter.embedded.system import database_urls, prepare  # noqa: PLC0415

    asyncio.run(prepare(database_urls(database_url)))
    typer.echo("every schema is current")
