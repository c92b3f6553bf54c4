"""One set of servers for all the processes of a pytest-xdist run.

The process that began the run holds the servers; its workers ask it for their addresses over a
local socket, and a server starts when the first of them asks.
"""

import secrets
import threading
from multiprocessing.connection import Client, Listener

from tests.finding import Servers

_CLOSE = "close"


class ServersDesk:
    """Answers the workers, in a thread of the process that holds the servers."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers
        self._key = secrets.token_bytes(16)
        self._listener = Listener(family="AF_UNIX", authkey=self._key)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def address(self) -> dict[str, str]:
        """Give what a worker needs to ask; plain text, so that xdist can carry it."""
        return {"address": str(self._listener.address), "key": self._key.hex()}

    def close(self) -> None:
        """Stop answering."""
        ask(self.address, _CLOSE)
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        wanted = ""
        while wanted != _CLOSE:
            with self._listener.accept() as worker:
                wanted = str(worker.recv())
                try:
                    worker.send((self._answer(wanted), ""))
                except Exception as error:  # noqa: BLE001 - it is raised again in the worker
                    worker.send(("", f"{type(error).__name__}: {error}"))

    def _answer(self, wanted: str) -> str:
        if wanted == "database":
            return self._servers.database_url()
        if wanted == "broker":
            return self._servers.broker_url()
        return ""


class SharedServers:
    """The servers as a worker sees them."""

    def __init__(self, address: dict[str, str]) -> None:
        self._address = address

    def database_url(self) -> str:
        """Give a PostgreSQL server, as a user who may create databases."""
        return ask(self._address, "database")

    def broker_url(self) -> str:
        """Give a RabbitMQ server, as a user with all rights."""
        return ask(self._address, "broker")


def ask(address: dict[str, str], wanted: str) -> str:
    """Ask the desk for one thing.

    Raises:
        RuntimeError: The server could not be started; the message says why.
    """
    with Client(address["address"], "AF_UNIX", bytes.fromhex(address["key"])) as desk:
        desk.send(wanted)
        answer, trouble = desk.recv()
    if trouble:
        raise RuntimeError(str(trouble))
    return str(answer)
