"""Find the servers of the tests: those given, or in containers, or private ones of this machine."""

import functools
import os
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

from docker.errors import DockerException
from requests.exceptions import RequestException
from testcontainers.community.postgres import PostgresContainer
from testcontainers.core.container import DockerContainer
from testcontainers.core.docker_client import DockerClient
from testcontainers.core.wait_strategies import LogMessageWaitStrategy
from tradecounter.servers.directories import remove
from tradecounter.servers.postgres import EmbeddedPostgres
from tradecounter.servers.rabbitmq import PrivateRabbitMQ, find_scripts

POSTGRES_IMAGE, RABBITMQ_IMAGE = "postgres:17", "rabbitmq:4-management"

CONTAINER_TROUBLE = (DockerException, RequestException, OSError, TimeoutError)
"""What a container raises whose image cannot be had, or that does not start."""

MANY_CONNECTIONS = "500"


class Servers(Protocol):
    """Where the servers of one test run are; each is started when it is first asked for."""

    def database_url(self) -> str:
        """Give a PostgreSQL server, as a user who may create databases."""
        ...

    def broker_url(self) -> str:
        """Give a RabbitMQ server, as a user with all rights."""
        ...


@functools.cache
def engine_answers() -> bool:
    """Tell whether a Docker engine can be reached."""
    if "DOCKER_HOST" not in os.environ and not Path("/var/run/docker.sock").exists():
        return False
    try:
        DockerClient().client.ping()  # pyright: ignore[reportUnknownMemberType]
    except CONTAINER_TROUBLE:
        return False
    return True


def broker_can_be_had() -> bool:
    """Tell whether ``broker_url`` has a chance."""
    return bool(os.environ.get("TEST_BROKER_URL")) or engine_answers() or own_broker_can_be_had()


def own_broker_can_be_had() -> bool:
    """Tell whether a node of our own can be started on this machine."""
    return find_scripts() is not None


def scratch_directory(held: ExitStack) -> Path:
    """Make a directory that other accounts can enter; gone when ``held`` is closed."""
    directory = Path(tempfile.mkdtemp(prefix="tradecounter-tests-"))
    directory.chmod(0o755)
    held.callback(remove, directory)
    return directory


class RunServers:
    """The servers of one run, held by the process that began it."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self._held = ExitStack()
        self._found: dict[str, str] = {}

    def database_url(self) -> str:
        """Give a PostgreSQL server, as a user who may create databases."""
        return self._once("TEST_DATABASE_URL", _postgres_container, self._private_postgres)

    def broker_url(self) -> str:
        """Give a RabbitMQ server, as a user with all rights."""
        return self._once("TEST_BROKER_URL", _rabbitmq_container, self._private_rabbitmq)

    def close(self) -> None:
        """Stop what was started."""
        self._held.close()

    def _once(
        self, variable: str, container: Callable[[ExitStack], str], private: Callable[[], str]
    ) -> str:
        if variable not in self._found:
            self._found[variable] = os.environ.get(variable) or (
                self._contained(container) or private()
            )
        return self._found[variable]

    def _contained(self, container: Callable[[ExitStack], str]) -> str | None:
        if not engine_answers():
            return None
        try:
            return container(self._held)
        except CONTAINER_TROUBLE as trouble:
            self.notes.append(f"no container, so a private server instead: {trouble}")
            return None

    def _private_postgres(self) -> str:
        home = scratch_directory(self._held) / "postgres"
        # No test pulls the plug of the machine, and killing processes loses nothing without fsync.
        settings = {"fsync": "off", "max_connections": MANY_CONNECTIONS}
        server = EmbeddedPostgres(home, settings=settings)
        self._held.callback(remove, home)
        return self._held.enter_context(server).url

    def _private_rabbitmq(self) -> str:
        home = scratch_directory(self._held) / "rabbitmq"
        self._held.callback(remove, home)
        broker = self._held.enter_context(PrivateRabbitMQ(home))
        self._held.callback(broker.kill9)  # its data goes with it, so no orderly end is needed
        return broker.url


def _postgres_container(held: ExitStack) -> str:
    server = PostgresContainer(POSTGRES_IMAGE, driver=None)
    server.with_command(f"postgres -c max_connections={MANY_CONNECTIONS} -c fsync=off")
    return held.enter_context(server).get_connection_url()


def _rabbitmq_container(held: ExitStack) -> str:
    server = (
        DockerContainer(RABBITMQ_IMAGE)
        .with_env("RABBITMQ_DEFAULT_USER", "tests")
        .with_env("RABBITMQ_DEFAULT_PASS", "tests")
        .with_exposed_ports(5672)
        .waiting_for(LogMessageWaitStrategy("Server startup complete").with_startup_timeout(90))
    )
    held.enter_context(server)
    return f"amqp://tests:tests@{server.get_container_host_ip()}:{server.get_exposed_port(5672)}/"
