"""``tradecounter run``: the embedded system."""

import asyncio
from collections.abc import Collection
from pathlib import Path
from typing import Annotated, cast

import typer
import uvloop
from chassis import logging, telemetry
from chassis.serving import PortTaken
from chassis.settings_faults import WrongSettings
from rich.console import Console

from tradecounter.commands.failing import BAD_INPUT, fail
from tradecounter.embedded.directory import DataDirectory, data_directory
from tradecounter.servers.errors import ServerError


def run(  # noqa: PLR0913, PLR0917 - each is an option of the command
    port: Annotated[int, typer.Option(envvar="PORT", min=1, max=65535)] = 8080,
    host: Annotated[str, typer.Option(help="address to listen on")] = "127.0.0.1",
    data_dir: Annotated[Path | None, typer.Option(help="where the data is kept")] = None,
    database_url: Annotated[
        str | None, typer.Option(help="a PostgreSQL server instead of one of our own")
    ] = None,
    broker_url: Annotated[
        str | None, typer.Option(help="a RabbitMQ instead of the embedded transport")
    ] = None,
    otlp_endpoint: Annotated[
        str | None,
        typer.Option(envvar="TRADECOUNTER_OTLP_ENDPOINT", help="where traces go: http://host:4318"),
    ] = None,
    tax_url: Annotated[
        str | None,
        typer.Option(envvar="ORDERS_TAX_URL", help="where an outside tax provider is asked"),
    ] = None,
    demo: Annotated[bool, typer.Option(help="make the demo retailer at the first start")] = True,
) -> None:
    """Run all services in one process, with a PostgreSQL beside it; Ctrl-C ends it."""
    from tradecounter.embedded.run import Options  # noqa: PLC0415 - other commands start faster
    from tradecounter.embedded.run import run as run_system  # noqa: PLC0415

    directory = DataDirectory(data_directory(data_dir))
    logging.set_up("tradecounter", level="WARNING", json=False)
    telemetry.set_up("tradecounter", otlp_endpoint)
    try:
        directory.path.mkdir(parents=True, exist_ok=True)
        options = Options(directory, host, port, database_url, broker_url, demo, tax_url)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(run_system(options, Console()))
        telemetry.flush()
    except PortTaken as error:
        fail(f"{error}; choose another: make run PORT=8090, or tradecounter run --port 8090")
    except (ServerError, PermissionError) as error:
        fail(error)
    except WrongSettings as error:
        given = {"database_url": database_url, "broker_url": broker_url}
        fail(_told(error, {name for name, value in given.items() if value}), code=BAD_INPUT)
    except BaseExceptionGroup as error:
        reason = _first(error)
        if isinstance(reason, ServerError):
            fail(reason)
        raise reason from None


def _told(error: WrongSettings, options: Collection[str]) -> str:
    """Name each setting as it was given: as an option, or else as a variable."""
    return "; ".join(
        f"--{field.replace('_', '-')}: {reason.partition(': ')[2]}"
        if field in options
        else f"the setting {reason}"
        for field, reason in zip(error.fields, error.reasons, strict=True)
    )


def _first(error: BaseException) -> BaseException:
    """Give the fault that ended everything else; services close in groups around it."""
    if isinstance(error, BaseExceptionGroup):
        return _first(cast("BaseExceptionGroup[BaseException]", error).exceptions[0])
    return error
