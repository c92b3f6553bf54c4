"""Fixtures for the servers that tests need, and the rule that no test is silently left out.

The order in which servers are looked for: ``TEST_DATABASE_URL`` and
``TEST_BROKER_URL``, then containers, then private servers of this machine.
"""

import asyncio
from collections.abc import Callable, Coroutine, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, Protocol, TypeVar, cast
from uuid import uuid4

import pytest
from tradecounter.servers.databases import administer, drop_database, quoted
from tradecounter.servers.databases import database_url as url_of
from tradecounter.servers.directories import NOTE, remove
from tradecounter.servers.errors import DirectoryInUse
from tradecounter.servers.rabbitmq import PrivateRabbitMQ

from tests.finding import (
    RunServers,
    Servers,
    broker_can_be_had,
    own_broker_can_be_had,
    scratch_directory,
)
from tests.sharing import ServersDesk, SharedServers

T = TypeVar("T")

NOT_RUN = "not run for want of RabbitMQ"
DATABASE_FIXTURES = {"database_url", "new_database", "new_session_database"}
BROKER_FIXTURES = {"broker_url", "private_broker"}

_servers = pytest.StashKey[Servers]()
_held = pytest.StashKey[ExitStack]()
_left_out = pytest.StashKey[list[str]]()
_desk = pytest.StashKey[ServersDesk]()


class NewDatabase(Protocol):
    """Makes an empty database, or a copy of ``template``, and gives its URL."""

    def __call__(self, template: str | None = None) -> str: ...


@pytest.fixture(scope="session", autouse=True)
def nothing_stays_elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Remove what root's servers kept outside the tests' own directories."""
    yield
    for note in [*tmp_path_factory.getbasetemp().rglob(NOTE)]:
        with suppress(DirectoryInUse):
            remove(note.parent)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--without-broker",
        action="store_true",
        help="accept that tests which need RabbitMQ are not run",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_left_out] = []
    held = config.stash[_held] = ExitStack()
    shared = cast("dict[str, Any]", getattr(config, "workerinput", {})).get("servers")
    if shared is not None:
        config.stash[_servers] = SharedServers(shared)
        return
    servers = RunServers()
    held.callback(servers.close)
    config.stash[_servers] = servers


def pytest_unconfigure(config: pytest.Config) -> None:
    if _held in config.stash:
        config.stash[_held].close()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:  # noqa: ANN401 - xdist has no types
    """Tell a worker of pytest-xdist, which is about to start, where to ask for servers."""
    config = cast("pytest.Config", node.config)
    if _desk not in config.stash:
        desk = config.stash[_desk] = ServersDesk(config.stash[_servers])
        config.stash[_held].callback(desk.close)
    node.workerinput["servers"] = config.stash[_desk].address


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what uses a server, so that ``-m`` can leave it out."""
    for item in items:
        fixtures = set(cast("list[str]", getattr(item, "fixturenames", [])))
        if fixtures & DATABASE_FIXTURES:
            item.add_marker(pytest.mark.postgres)
        if fixtures & BROKER_FIXTURES:
            item.add_marker(pytest.mark.broker)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    marker = item.get_closest_marker("broker")
    if marker is None:
        return
    fixtures = cast("list[str]", getattr(item, "fixturenames", []))
    own = "private_broker" in fixtures or "own" in marker.args
    there = own_broker_can_be_had() if own else broker_can_be_had()
    if item.config.getoption("--without-broker") or not there:
        pytest.skip(NOT_RUN)  # The run fails in the end, unless --without-broker accepts it.


class Reports:
    """Remembers which tests were left out."""

    def __init__(self, left_out: list[str]) -> None:
        self._left_out = left_out

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and NOT_RUN in str(report.longrepr):
            self._left_out.append(report.nodeid)


def pytest_sessionstart(session: pytest.Session) -> None:
    session.config.pluginmanager.register(Reports(session.config.stash[_left_out]))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that left tests out, unless that was asked for."""
    config = session.config
    if config.stash[_left_out] and not config.getoption("--without-broker"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    servers = config.stash[_servers]
    for note in servers.notes if isinstance(servers, RunServers) else ():
        terminalreporter.write_line(note)
    if left_out := sorted(set(config.stash[_left_out])):
        terminalreporter.section(f"{len(left_out)} tests {NOT_RUN}", yellow=True)
        for name in left_out:
            terminalreporter.write_line(f"NOT RUN {name}")
        if not config.getoption("--without-broker"):
            terminalreporter.write_line(
                "This fails the run: install rabbitmq-server, set TEST_BROKER_URL, or accept it "
                "with --without-broker."
            )


@pytest.fixture(scope="session")
def database_url(pytestconfig: pytest.Config) -> str:
    """URL of a PostgreSQL server, as a user who may create databases."""
    return pytestconfig.stash[_servers].database_url()


@pytest.fixture(scope="session")
def broker_url(pytestconfig: pytest.Config) -> str:
    """URL of a RabbitMQ server that all tests share: use names of your own."""
    return pytestconfig.stash[_servers].broker_url()


@pytest.fixture(scope="session")
def private_broker() -> Iterator[PrivateRabbitMQ]:
    """Give a RabbitMQ node to break; only this process uses it. Leave it running."""
    with ExitStack() as held:
        broker = PrivateRabbitMQ(scratch_directory(held) / "rabbitmq")
        broker.start()
        held.callback(broker.stop)
        held.callback(broker.kill9)
        yield broker


@pytest.fixture
def new_database(database_url: str) -> Iterator[NewDatabase]:
    """Make databases that are dropped after the test."""
    with _databases(database_url) as make:
        yield make


@pytest.fixture(scope="session")
def new_session_database(database_url: str) -> Iterator[NewDatabase]:
    """Make databases that are dropped at the end of the run: migrated templates, for instance."""
    with _databases(database_url) as make:
        yield make


@contextmanager
def _databases(server_url: str) -> Generator[NewDatabase]:
    made: list[str] = []

    def make(template: str | None = None) -> str:
        name = f"test_{uuid4().hex}"
        made.append(name)
        copied = f" TEMPLATE {quoted(template.rpartition('/')[2])}" if template else ""
        finish(lambda: administer(server_url, f"CREATE DATABASE {quoted(name)}{copied}"))
        return url_of(server_url, name)

    yield make
    for name in made:
        finish(lambda name=name: drop_database(server_url, name))


def finish(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run async work to its end from anywhere, a running event loop included."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(work())).result()
