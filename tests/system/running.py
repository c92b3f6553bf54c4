"""Starts the system as a user would, and talks to it as a client would."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import httpx2

COMMAND = Path(sys.executable).parent / "tradecounter"
Json = dict[str, Any]
T = TypeVar("T")


class NotReady(RuntimeError):
    """The system did not come up; the message has what it printed."""


def free_port() -> int:
    """Give a TCP port of the loopback address that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(check: Callable[[], T | None], *, timeout: float = 60, every: float = 0.1) -> T:
    """Ask until the answer is true, and give it; a failing assertion counts as not yet."""
    end = time.monotonic() + timeout
    while True:
        try:
            if found := check():
                return found
            reason: object = found
        except (AssertionError, httpx2.HTTPError) as error:
            reason = error
        if time.monotonic() > end:
            raise AssertionError(f"not within {timeout:.0f} s: {reason!r}")
        time.sleep(every)


def kill_an_import(system: "System", words: Sequence[str], checkpoint: Path) -> None:
    """Begin an import, and kill it when one more batch is noted as done than before."""
    known = _batches_in(checkpoint)
    with subprocess.Popen(
        [COMMAND, *words],
        env=system.variables,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as running:
        wait_for(lambda: _batches_in(checkpoint) > known, every=0.001)
        os.killpg(running.pid, signal.SIGKILL)


def _batches_in(checkpoint: Path) -> int:
    """Tell how many batches are done; each time it is replaced as a whole."""
    if not checkpoint.exists():
        return 0
    noted = json.loads(checkpoint.read_text())
    return noted["below"] + len(noted["others"])


@dataclass
class System:
    """An embedded system on a data directory, as ``make run`` starts it.

    Attributes:
        options: More words for ``command``, which starts it.
        environment: More variables for it.
    """

    directory: Path
    port: int = field(default_factory=free_port)
    options: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    command: tuple[str, ...] = (str(COMMAND), "run")
    process: "subprocess.Popen[bytes] | None" = None
    tokens: dict[str, str] = field(default_factory=dict[str, str])
    clients: "list[Client]" = field(default_factory=list["Client"])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def output(self) -> str:
        return self._log.read_text(errors="replace")

    @property
    def _log(self) -> Path:
        return self.directory.parent / f"{self.directory.name}.log"

    @property
    def variables(self) -> dict[str, str]:
        return {
            **os.environ,
            **self.environment,
            "DATA_DIR": str(self.directory),
            "PORT": str(self.port),
        }

    def start(self) -> "System":
        """Start it and wait until it is ready."""
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self.command, *self.options],
                env=self.variables,
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        wait_for(self._is_ready, timeout=90)
        return self

    def _is_ready(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            raise NotReady(f"ended with {self.process.returncode}:\n{self.output}")
        if "Tradecounter is up" not in self.output.rpartition("starting PostgreSQL")[2]:
            return False
        return httpx2.get(f"{self.url}/readyz", timeout=5).status_code == 200

    def stop(self, number: int = signal.SIGINT) -> int:
        """Send a signal, as a terminal does: to the whole group; give the exit code."""
        assert self.process is not None
        self._hang_up()
        if self.process.poll() is None:
            os.killpg(self.process.pid, number)
        return self.process.wait(timeout=60)

    def kill(self) -> None:
        """End it as a crash would."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=30)

    def _hang_up(self) -> None:
        while self.clients:
            self.clients.pop().http.close()

    def run(self, *words: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        """Run another command on the same data directory."""
        done = subprocess.run(
            [COMMAND, *words],
            env=self.variables,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        if check:
            assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done

    def client(self, staff: str = "admin") -> "Client":
        if staff not in self.tokens:
            self.tokens[staff] = self.run("token", staff).stdout.strip()
        client = Client(self.url, self.tokens[staff])
        self.clients.append(client)
        return client


class Client:
    """A client of the APIs."""

    def __init__(self, url: str, token: str) -> None:
        self.http = httpx2.Client(
            base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=30
        )

    def get(self, path: str, **query: str) -> Json:
        return self._json(self.http.get(path, params=query))

    def put(self, path: str, body: Json) -> Json:
        return self._json(self.http.put(path, json=body))

    def post(self, path: str, body: Json, key: str | None = None) -> Json:
        headers = {"Idempotency-Key": key or str(uuid4())}
        return self._json(self.http.post(path, json=body, headers=headers))

    def _json(self, response: httpx2.Response) -> Json:
        assert response.is_success, f"{response.request.url}: {response.text}"
        return response.json()

    def demo_customer(self) -> str:
        """Give the id of a customer of the demo site ``uk``."""
        found = self.get("/api/customers/v1/customers", site="uk", q="byron")
        return found["items"][0]["id"]

    def order(self, key: str | None = None, **changes: object) -> Json:
        """Place an order on the demo site in one call."""
        body = {
            "site": "uk",
            "customer_id": changes.pop("customer_id", None) or self.demo_customer(),
            "lines": [{"sku": "MUG-01", "units": 2}],
            "shipping": {"cost": {"minor": 495, "currency": "GBP"}},
            "payments": [{"method": "bank-transfer"}],
            "submit": True,
        }
        return self.post("/api/orders/v1/orders", {**body, **changes}, key)

    def settled(self, order_id: str, timeout: float = 60) -> Json:
        """Wait until a submission has ended and give the order."""

        def ended() -> Json | None:
            found = self.get(f"/api/orders/v1/orders/{order_id}")
            return None if found["state"] == "submitting" else found

        return wait_for(ended, timeout=timeout)
