"""A PostgreSQL of our own: made on first use, resumed after, ended with its owner."""

import os
import signal
from collections.abc import Mapping
from pathlib import Path

from typing_extensions import override

from tradecounter.servers.accounts import Account, serving_account
from tradecounter.servers.binaries import Binaries, choose, find_binaries, reachable
from tradecounter.servers.cluster import USER, environment, initialise
from tradecounter.servers.directories import DirectoryLock, place, placed
from tradecounter.servers.errors import PortTaken, ServerError, StartFailed
from tradecounter.servers.processes import Program, Tethered, claim_port, processes_in, wait_gone
from tradecounter.servers.running import Server

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "64MB",
    "max_connections": "200",
    "fsync": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
}

_READY_WITHIN = 60.0
_FAST_THEN_IMMEDIATE = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 5.0))
_PORT_TRIES = 5


class EmbeddedPostgres(Server):
    """A PostgreSQL server on a directory, for as long as the context lasts.

    Both ``with`` and ``async with`` start and stop it. Whatever ended the last run, the next one
    resumes its data. The directory must not be shared between machines.

    Attributes:
        home: The directory with the data, the password and the log; differs from the asked one
            where the server's account could not reach that (``notice`` then says so).
        port: The TCP port on 127.0.0.1, once started.
    """

    def __init__(
        self,
        data_dir: Path,
        port: int | None = None,
        *,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        """Name the directory and, if it matters, the port.

        Args:
            data_dir: The directory; made when missing.
            port: None takes a free one.
            settings: Server settings (``postgresql.conf``) over those of ``SETTINGS``.
        """
        self.home = placed(data_dir)
        self.port = port or 0
        self._asked = data_dir.resolve()
        self._wanted_port = port
        self._settings = {**SETTINGS, **(settings or {})}
        self._lock: DirectoryLock | None = None
        self._server: Tethered | None = None

    @property
    def url(self) -> str:
        """The maintenance database, as the owner of the server."""
        return self.database_url("postgres")

    @property
    def notice(self) -> str | None:
        """Where the data lies, if not where it was asked for."""
        return None if self.home == self._asked else f"the database's files lie in {self.home}"

    @property
    def log(self) -> Path:
        """The server's log file."""
        return self.home / "server.log"

    @property
    def pid(self) -> int | None:
        """The id of the server's first process, while it runs."""
        return self._server.pid if self._server and self._server.running else None

    def database_url(self, name: str) -> str:
        """Give the URL of one database of this server; it need not exist yet."""
        password = (self.home / "password").read_text()
        return f"postgresql://{USER}:{password}@127.0.0.1:{self.port}/{name}"

    @override
    def start(self) -> None:
        """Start the server and wait until it takes connections.

        Raises:
            ServerError: It cannot run; each subclass says why (see ``errors``).
        """
        account = serving_account(["postgres"], owner_of=placed(self._asked) / "cluster")
        self.home = place(self._asked, account)
        lock = DirectoryLock(self.home)
        lock.__enter__()
        try:
            account.own(self.home)
            self._open(account)
        except BaseException:
            lock.__exit__(None, None, None)
            raise
        self._lock = lock

    @override
    def stop(self) -> None:
        """End the server in order (a fast shutdown) and wait for it; harmless when not running."""
        if self._server is not None:
            self._server.stop()
            self._server = None
        if self._lock is not None:
            self._lock.__exit__(None, None, None)
            self._lock = None

    def kill(self) -> None:
        """End the server's first process by SIGKILL, as a crash would; ``stop`` tidies up."""
        if self._server is not None:
            self._server.kill()

    def _open(self, account: Account) -> None:
        cluster = self.home / "cluster"
        _check_owner(cluster, account)
        end_orphans(cluster)
        written_by = cluster / "PG_VERSION"
        major = int(written_by.read_text()) if written_by.exists() else None
        binaries = choose(find_binaries(), major, cluster)
        binaries = reachable(binaries, account, self.home)
        if major is None:
            initialise(self.home, binaries, account)
        for last in reversed(range(_PORT_TRIES)):
            self.port = claim_port(self._wanted_port)
            try:
                self._server = self._launch(binaries, account)
            except PortTaken:
                if self._wanted_port is not None or not last:
                    raise
            else:
                return

    def _launch(self, binaries: Binaries, account: Account) -> Tethered:
        cluster = self.home / "cluster"
        settings = {**self._settings, "port": str(self.port)}
        options = [part for pair in settings.items() for part in ("-c", "=".join(pair))]
        said_before = self.log.stat().st_size if self.log.exists() else 0
        program = Program(
            [binaries.directory / "postgres", "-D", cluster, *options],
            account=account,
            env=environment(self.home),
            cwd=self.home,
            log=self.log,
            ending=_FAST_THEN_IMMEDIATE,
        )
        server = Tethered(program)
        waited = 0.0
        while not _ready(cluster, server.pid):
            if server.ended_within(0.05) or (waited := waited + 0.05) > _READY_WITHIN:
                server.stop()
                raise self._failure(said_before)
        return server

    def _failure(self, said_before: int) -> ServerError:
        with self.log.open("rb") as log:
            log.seek(said_before)
            said = log.read().decode(errors="replace").strip()
        if "could not bind" in said:
            return PortTaken(f"port {self.port} of 127.0.0.1 is taken by another program")
        return StartFailed(f"PostgreSQL did not start on {self.home}; it said:\n{said[-2000:]}")


def end_orphans(cluster: Path) -> None:
    """End a server that an earlier run left on this directory, and clear its stale process file.

    Only processes that work in the directory are touched: a process id alone proves nothing, it
    may have been given to another program since.

    Raises:
        ServerError: The left server does not end.
    """
    process_file = cluster / "postmaster.pid"
    left = processes_in(cluster)
    first = _first_process(process_file)
    if first in left:
        os.kill(first, signal.SIGINT)
    for pid in left:
        if not wait_gone(pid, 30):
            raise ServerError(f"process {pid} ({left[pid]}) still works in {cluster}; end it first")
    if first is not None and Path("/proc").is_dir():
        # Nobody works in the directory. PostgreSQL itself would refuse to start if the id now
        # belongs to any other program.
        process_file.unlink(missing_ok=True)


def _first_process(process_file: Path) -> int | None:
    try:
        return int(process_file.read_text().splitlines()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None


def _check_owner(cluster: Path, account: Account) -> None:
    if cluster.exists() and cluster.stat().st_uid != account.uid:
        raise ServerError(
            f"the data in {cluster} belongs to another user than {account.name!r}; "
            "run as the user who made it, or choose another DATA_DIR"
        )


def _ready(cluster: Path, pid: int) -> bool:
    """Tell whether the server of this process id says that it takes connections."""
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"
