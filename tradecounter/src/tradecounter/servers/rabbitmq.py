"""A RabbitMQ node of our own, from the machine's package, that leaves nothing behind."""

import secrets
import shutil
import signal
import socket
from collections.abc import Mapping
from pathlib import Path

from typing_extensions import override

from tradecounter.servers.accounts import Account, serving_account
from tradecounter.servers.directories import DirectoryLock, place
from tradecounter.servers.errors import BinariesMissing, StartFailed
from tradecounter.servers.processes import Program, Tethered, free_port
from tradecounter.servers.running import Server

USER = "tradecounter"

_READY_WITHIN = 90.0
_NODE_ENDING = ((signal.SIGTERM, 15.0),)
_EPMD_ENDING = ((signal.SIGTERM, 2.0),)
_GREETING = b"AMQP\x00\x00\x09\x01"


def find_scripts() -> Path | None:
    """Find the folder of RabbitMQ's own scripts; None when it is not installed.

    What Debian puts on the PATH is a wrapper that insists on its own account and directories.
    """
    on_path = shutil.which("rabbitmq-server", path="/usr/sbin:/usr/local/sbin:/usr/bin") or (
        shutil.which("rabbitmq-server")
    )
    folders = [Path("/usr/lib/rabbitmq/bin")]
    if on_path is not None:
        folders.append(Path(on_path).resolve().parent)
    for folder in folders:
        scripts = (folder / "rabbitmq-server").resolve().parent
        if (scripts / "rabbitmq-env").exists() and shutil.which("epmd"):
            return scripts
    return None


class PrivateRabbitMQ(Server):
    """One RabbitMQ node on loopback, for as long as the context lasts.

    It has its own name, directories, ports, account and port mapper (epmd), so it neither meets
    nor disturbs a RabbitMQ of the machine. ``start`` after ``stop`` or ``kill9`` resumes its data
    on the same ports.

    Attributes:
        port: AMQP, on 127.0.0.1.
        management_port: HTTP API and pages, on 127.0.0.1; None when management is off.
        node: The node's name.
    """

    def __init__(
        self, directory: Path, *, management: bool = False, definitions: Path | None = None
    ) -> None:
        """Name the directory that is its home; made when missing.

        Args:
            directory: Data, log, configuration and cookie go here.
            management: Switch on the management plugin.
            definitions: A file of definitions to import once it runs.
        """
        self.port = free_port()
        self.management_port = free_port() if management else None
        self.node = f"tradecounter-{secrets.token_hex(4)}@localhost"
        self._directory = directory.resolve()
        self._definitions = definitions
        self._password = secrets.token_urlsafe(16)
        self._distribution_port, self._epmd_port = free_port(), free_port()
        self._lock: DirectoryLock | None = None
        self._epmd: Tethered | None = None
        self._server: Tethered | None = None

    @property
    def url(self) -> str:
        """The address for clients, as a user with all rights on the default virtual host."""
        return f"amqp://{USER}:{self._password}@127.0.0.1:{self.port}/"

    @property
    def management_url(self) -> str | None:
        """The address of the HTTP API, with the same user; None when management is off."""
        if self.management_port is None:
            return None
        return f"http://{USER}:{self._password}@127.0.0.1:{self.management_port}"

    @property
    def log(self) -> Path:
        """What the node has printed."""
        return self._directory / "node.log"

    @property
    def pid(self) -> int | None:
        """The node's process id, while it runs."""
        return self._server.pid if self._server and self._server.running else None

    @property
    def pids(self) -> tuple[int, ...]:
        """The process ids of the node and of its port mapper, while they run."""
        running = (part for part in (self._server, self._epmd) if part and part.running)
        return tuple(part.pid for part in running)

    @override
    def start(self) -> None:
        """Start the node and wait until it takes clients.

        Raises:
            BinariesMissing: RabbitMQ is not installed.
            DirectoryInUse: Another run holds the directory.
            StartFailed: It ended, or did not answer in time.
        """
        scripts, account = _scripts(), _account()
        self._directory = place(self._directory, account)
        if self._lock is None:
            self._lock = DirectoryLock(self._directory).__enter__()
        try:
            self._configure(account)
            self._start_epmd(account)
            self._start_node(scripts, account)
            if self._definitions is not None:
                self._import(self._definitions, account)
        except BaseException:
            self.stop()
            raise

    @override
    def stop(self) -> None:
        """End the node in order, and its port mapper; harmless when not running."""
        if self._server is not None:
            self._server.stop()
            self._server = None
        self._stop_epmd()
        if self._lock is not None:
            self._lock.__exit__(None, None, None)
            self._lock = None

    def kill9(self) -> None:
        """End the node by SIGKILL, as a crash would; ``start`` resumes it."""
        if self._server is not None:
            self._server.kill()
            self._server = None

    def ctl(self, *arguments: str) -> str:
        """Run ``rabbitmqctl`` against this node and give what it printed.

        Raises:
            StartFailed: The command failed; the message holds what it said.
        """
        command = [str(_scripts() / "rabbitmqctl"), "--quiet", "--node", self.node, *arguments]
        ran = _account().run(command, cwd=self._directory, env=self._environment())
        if ran.returncode != 0:
            raise StartFailed(f"rabbitmqctl {' '.join(arguments)}: {ran.stdout}{ran.stderr}")
        return ran.stdout

    def _configure(self, account: Account) -> None:
        """Write the node's configuration; nothing of /etc/rabbitmq is read."""
        lines = {
            "listeners.tcp.1": f"127.0.0.1:{self.port}",
            "default_user": USER,
            "default_pass": self._password,
            "loopback_users": "none",
            "disk_free_limit.absolute": "50MB",
            "log.console": "true",
            "log.console.level": "info",
            "log.file": "false",
        }
        plugins = "[]."
        if self.management_port is not None:
            lines |= {
                "management.tcp.ip": "127.0.0.1",
                "management.tcp.port": str(self.management_port),
            }
            plugins = "[rabbitmq_management]."
        configuration = "".join(f"{name} = {value}\n" for name, value in lines.items())
        files = {"rabbitmq.conf": configuration, "enabled_plugins": plugins, "env.conf": ""}
        for name, text in files.items():
            (self._directory / name).write_text(text)
        account.own(self._directory, *(self._directory / name for name in files))

    def _environment(self) -> Mapping[str, str]:
        home = self._directory
        return {
            "HOME": str(home),
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "LC_ALL": "C.UTF-8",
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_CONF_ENV_FILE": str(home / "env.conf"),
            "RABBITMQ_NODENAME": self.node,
            "RABBITMQ_CONFIG_FILE": str(home / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(home / "advanced.config"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(home / "data"),
            "RABBITMQ_LOG_BASE": str(home / "log"),
            "RABBITMQ_PID_FILE": str(home / "node.pid"),
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_DIST_PORT": str(self._distribution_port),
            # The scripts then become the Erlang machine instead of watching over it.
            "RABBITMQ_ALLOW_INPUT": "1",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
                "-noinput -kernel inet_dist_use_interface {127,0,0,1}"
            ),
        }

    def _program(self, command: list[str | Path], account: Account) -> Program:
        return Program(
            command,
            account=account,
            env=self._environment(),
            cwd=self._directory,
            log=self.log,
            ending=_NODE_ENDING if len(command) == 1 else _EPMD_ENDING,
        )

    def _start_epmd(self, account: Account) -> None:
        if self._epmd is None or not self._epmd.running:
            command = ["epmd", "-port", str(self._epmd_port), "-address", "127.0.0.1"]
            self._epmd = Tethered(self._program([*command], account))
            _await_port(self._epmd, self._epmd_port, b"", self.log)

    def _stop_epmd(self) -> None:
        if self._epmd is not None:
            self._epmd.stop()
            self._epmd = None

    def _start_node(self, scripts: Path, account: Account) -> None:
        self._server = Tethered(self._program([scripts / "rabbitmq-server"], account))
        _await_port(self._server, self.port, _GREETING, self.log)

    def _import(self, definitions: Path, account: Account) -> None:
        copy = self._directory / "definitions.json"
        shutil.copyfile(definitions, copy)
        account.own(copy)
        self.ctl("import_definitions", str(copy))


def _scripts() -> Path:
    scripts = find_scripts()
    if scripts is None:
        raise BinariesMissing("RabbitMQ is not installed; install the package rabbitmq-server")
    return scripts


def _account() -> Account:
    return serving_account(["rabbitmq"])


def _await_port(server: Tethered, port: int, greeting: bytes, log: Path) -> None:
    """Wait until the port answers the greeting; without one, until it accepts a connection."""
    waited = 0.0
    while not _answers(port, greeting):
        if server.ended_within(0.1) or (waited := waited + 0.1) > _READY_WITHIN:
            said = log.read_text(errors="replace").strip()
            raise StartFailed(f"RabbitMQ did not start; it said:\n{said[-2000:]}")


def _answers(port: int, greeting: bytes) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
            if greeting:
                client.sendall(greeting)
                return len(client.recv(7)) > 0
            return True
    except OSError:
        return False
