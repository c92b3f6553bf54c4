"""The process of a service: ``python -m catalog api``, ``worker`` or ``migrate``."""

import argparse
import asyncio
import gc
import sys
from collections.abc import Awaitable, Callable, Sequence

import structlog
import uvloop
from messaging.rabbit import RabbitTransport

from chassis import logging, migrations, telemetry
from chassis.api import build_api
from chassis.health import health_app
from chassis.runtime import Service, open_runtime
from chassis.serving import PortTaken, listen, serving, until_signal
from chassis.settings import ServiceSettings
from chassis.settings_faults import COMMON_PREFIX, WrongSettings
from chassis.tokens import Tokens
from chassis.worker import worker

_log = structlog.get_logger("chassis.run")

_BROKER = "for example amqp://user:password@host:5672/"


class NotSet(Exception):
    """A setting that this process needs is missing."""


def main(service: Service, argv: Sequence[str] | None = None) -> int:
    """Run a process of the service until it is told to stop; gives its exit code.

    0: it was told to stop, or the migrations are done. 2: a setting is missing or wrong.
    1: it could not start or go on.
    """
    options = _parser(service).parse_args(argv)
    try:
        settings = service.settings.of(service.name)
    except WrongSettings as error:
        _complain(service, *error.reasons)
        return 2
    logging.set_up(service.name, level=settings.log_level, json=settings.json_logs)
    telemetry.set_up(service.name, settings.otlp_endpoint)
    process: Callable[[], Awaitable[None]] = {
        "api": lambda: run_api(service, settings),
        "worker": lambda: run_worker(service, settings),
        "migrate": lambda: _migrate(service, settings, options),
    }[options.process]
    return _run(service, process)


def _run(service: Service, process: Callable[[], Awaitable[None]]) -> int:
    async def running() -> None:
        await process()

    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(running())
    except NotSet as error:
        _complain(service, str(error))
        return 2
    except (PortTaken, migrations.Drift) as error:
        _complain(service, str(error))
        return 1
    except OSError as error:
        _complain(service, f"cannot be reached or opened: {error}")
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        telemetry.flush()
    return 0


def _parser(service: Service) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=service.name,
        description=f"Reads {service.name.upper()}_* and {COMMON_PREFIX}* environment variables.",
    )
    processes = parser.add_subparsers(dest="process", required=True)
    processes.add_parser("api", help="serve the HTTP API")
    processes.add_parser("worker", help="handle messages")
    migrate = processes.add_parser("migrate", help="bring the database to its present shape")
    what = migrate.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="only compare it with the tables")
    what.add_argument("--new", metavar="MESSAGE", help="write a migration for the difference")
    return parser


def _complain(service: Service, *reasons: str) -> None:
    for reason in reasons:
        print(f"{service.name}: {reason}", file=sys.stderr)  # noqa: T201 - for people


def _transport(service: Service, settings: ServiceSettings) -> RabbitTransport:
    if settings.broker_url is None:
        name = f"{service.name.upper()}_BROKER_URL"
        raise NotSet(f"{name} (or {COMMON_PREFIX}BROKER_URL, or ..._FILE) is not set; {_BROKER}")
    return RabbitTransport(
        settings.broker_url, service.name, prefetch=settings.prefetch, batch=settings.batch
    )


def _settle_down() -> None:
    """Leave what was made at the start out of every later search for garbage.

    It is hundreds of thousands of objects that live as long as the process. Requests and messages
    make few cycles, so a search can also wait for more new objects than Python's 700.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


async def run_api(service: Service, settings: ServiceSettings) -> None:
    """Serve the HTTP API until SIGTERM or SIGINT."""
    try:
        tokens = Tokens.of(settings)
    except (ValueError, OSError) as error:
        raise NotSet(f"{service.name.upper()}_JWKS_URL or _JWKS_FILE: {error}") from error
    transport = _transport(service, settings)
    listening = listen(settings.host, settings.port)
    with until_signal() as stop:
        async with transport, open_runtime(service, settings, transport) as runtime:
            app = build_api(service, runtime, tokens)
            async with runtime.relay.running(), serving(app, listening, grace=settings.grace):
                _settle_down()
                _log.info("api started", address=_address(listening.getsockname()))
                await stop.wait()
                runtime.stopping.set()
    _log.info("api stopped")


async def run_worker(service: Service, settings: ServiceSettings) -> None:
    """Handle messages until SIGTERM or SIGINT; what is running then is finished first."""
    transport = _transport(service, settings)
    listening = listen(settings.host, settings.health_port)
    with until_signal() as stop:
        async with (
            transport,
            open_runtime(service, settings, transport) as runtime,
            serving(health_app(runtime), listening, grace=1),
            worker(service, runtime),
        ):
            _settle_down()
            _log.info("worker started", health=_address(listening.getsockname()))
            await stop.wait()
            runtime.stopping.set()
    _log.info("worker stopped")


def _address(name: Sequence[object]) -> str:
    return f"http://{name[0]}:{name[1]}"


async def _migrate(
    service: Service, settings: ServiceSettings, options: argparse.Namespace
) -> None:
    url = settings.database_url
    if options.check:
        await migrations.check(service.migrations, url)
    elif options.new:
        await migrations.revise(service.migrations, url, options.new)
    else:
        await migrations.upgrade(service.migrations, url)
        _log.info("database is up to date", service=service.name)
