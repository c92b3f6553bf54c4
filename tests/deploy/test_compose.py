"""``docker compose up``: the same system in containers, with nothing else to do.

Needs a Docker engine (DOCKER_HOST, or the default socket) and the images that the file names;
where there is none the test is reported as skipped, with that reason.
"""

import os
import shutil
import subprocess
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from tests.system.running import Client, free_port, wait_for

pytestmark = [pytest.mark.timeout(1500)]

ROOT = Path(__file__).parents[2]
PROJECT = "tradecounter-test"


def _engine_answers() -> bool:
    if shutil.which("docker") is None:
        return False
    asked = subprocess.run(["docker", "version"], capture_output=True, timeout=20, check=False)
    return asked.returncode == 0


class Compose:
    """A project of its own, on a port of its own."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def run(self, *words: str) -> str:
        done = subprocess.run(
            ["docker", "compose", "--project-name", PROJECT, *words],
            cwd=ROOT,
            env={**os.environ, "PORT": str(self.port)},
            capture_output=True,
            text=True,
            timeout=1200,
            check=False,
        )
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    @contextmanager
    def client(self) -> Generator[Client]:
        token = self.run("exec", "-T", "front", "tradecounter", "token", "admin")
        client = Client(self.url, token.strip())
        try:
            yield client
        finally:
            client.http.close()


@pytest.fixture(scope="module")
def compose() -> Iterator[Compose]:
    if not _engine_answers():
        pytest.skip("no Docker engine answers")
    project = Compose()
    try:
        project.run("up", "--detach", "--build")
        wait_for(lambda: httpx2.get(f"{project.url}/readyz").status_code == 200, timeout=300)
        yield project
    finally:
        project.run("down", "--volumes", "--timeout", "30")


@pytest.fixture
def client(compose: Compose) -> Iterator[Client]:
    with compose.client() as client:
        yield client


def test_an_order_is_submitted_in_containers(client: Client) -> None:
    client.put("/api/customers/v1/customer-sets/retail", {"name": "Retail"})
    site = {
        "name": "UK",
        "customer_set": "retail",
        "country": "GB",
        "currency": "GBP",
        "time_zone": "Europe/London",
    }
    client.put("/api/customers/v1/sites/uk", site)
    wait_for(lambda: client.put("/api/catalog/v1/locations/central", _LOCATION))
    price = {"minor": 1200, "currency": "GBP"}
    client.put("/api/catalog/v1/products/MUG-01", {"name": "Mug", "prices": {"uk": price}})
    stock = {"location": "central", "reason": "opening", "lines": [{"sku": "MUG-01", "change": 9}]}
    client.post("/api/catalog/v1/stock-adjustments", stock)
    customer = client.post("/api/customers/v1/customers", _CUSTOMER)

    order = client.order(
        customer_id=customer["id"], payments=[{"method": "card", "token": "tok_ok"}]
    )

    assert client.settled(order["id"])["state"] == "submitted"


def test_every_container_is_healthy_or_done(compose: Compose) -> None:
    def all_healthy() -> bool:
        states = compose.run("ps", "--all", "--format", "{{.Service}} {{.State}} {{.Health}}")
        lines = [line.split() for line in states.splitlines() if line.strip()]
        assert len(lines) > 10
        return all(
            "healthy" in rest or (service.endswith(("-migrate", "policies")) and "exited" in rest)
            for service, *rest in lines
        )

    wait_for(all_healthy, timeout=120)


_LOCATION = {"name": "Central", "sites": ["uk"]}
_CUSTOMER = {
    "site": "uk",
    "first_name": "Ada",
    "last_name": "Byron",
    "phones": [{"kind": "mobile", "number": "+44 20 7946 0018"}],
    "addresses": [
        {
            "name": "Ada Byron",
            "lines": ["12 Example Square"],
            "city": "London",
            "postal_code": "SW1Y 4LB",
            "country": "GB",
            "default_billing": True,
            "default_shipping": True,
        }
    ],
}
