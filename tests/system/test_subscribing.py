"""docs/subscribing.md as a subscriber meets it: every example is run, embedded and on RabbitMQ."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tradecounter.servers.rabbitmq import PrivateRabbitMQ

from tests.system.running import COMMAND, Client, Json, System, free_port, wait_for

pytestmark = [pytest.mark.timeout(300), pytest.mark.postgres]

PAGE = (Path(__file__).parents[2] / "docs/subscribing.md").read_text()
SUBMITTED = "orders.order-submitted.v1"


def block(language: str, mark: str) -> str:
    blocks = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    (found,) = [one for one in blocks if mark in one]
    return found


@dataclass
class Place:
    """A running system, and its broker if it has one."""

    system: System
    broker: PrivateRabbitMQ | None

    def bash(self, *blocks: str, **environment: str) -> str:
        """Run blocks of the page with this system's command and port."""
        script = "\n".join(blocks).replace(".venv/bin/tradecounter", str(COMMAND))
        script = script.replace("127.0.0.1:8080", f"127.0.0.1:{self.system.port}")
        if self.broker is not None:
            script = script.replace(
                "http://user:password@host:15672", str(self.broker.management_url)
            )
            script = script.replace("amqp://user:password@host/", self.broker.url)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            env={**self.system.variables, **environment},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    @property
    def token(self) -> str:
        return self.system.run("token", "admin").stdout.strip()

    def order(self) -> str:
        """Place an order and give its id once it is submitted."""
        client = self.system.client()
        order = client.order(payments=[{"method": "card", "token": "tok_ok"}])
        assert client.settled(order["id"])["state"] == "submitted"
        return str(order["id"])


@pytest.fixture(
    scope="module", params=["embedded", pytest.param("servers", marks=pytest.mark.broker("own"))]
)
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    with _place(request, tmp_path_factory.mktemp("subscribing")) as found:
        yield found


@contextmanager
def _place(request: pytest.FixtureRequest, home: Path) -> Generator[Place]:
    environment = {"SUBSCRIBERS_ALLOWED_NETWORKS": "127.0.0.0/8"}
    if request.param == "embedded":
        system = System(home / "data", environment=environment).start()
        yield Place(system, None)
        system.stop()
        return
    database_url = request.getfixturevalue("database_url")
    with PrivateRabbitMQ(home / "broker", management=True) as broker:
        servers = ("--database-url", database_url, "--broker-url", broker.url)
        system = System(home / "data", options=servers, environment=environment).start()
        yield Place(system, broker)
        system.stop()


@pytest.fixture
def client(place: Place) -> Client:
    return place.system.client()


@contextmanager
def running(words: list[str], folder: Path, **environment: str) -> Generator[Path]:
    """Run a subscriber of the page; gives the file of what it prints."""
    said = folder / "said"
    with said.open("wb") as out:
        process = subprocess.Popen(
            words,
            cwd=folder,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            yield said
        except AssertionError as error:
            error.add_note(f"it said: {said.read_text()}")
            raise
        finally:
            process.kill()
            process.wait()


def every_event(client: Client) -> list[Json]:
    """Read the archive to its end."""
    found: list[Json] = []
    after = "0"
    while True:
        page = client.get("/api/subscribers/v1/events", after=after, limit="200")
        if not page["items"]:
            return found
        found += [item["event"] for item in page["items"]]
        after = str(page["next"])


def test_every_orders_sequence_is_gapless_and_every_id_unique(place: Place, client: Client) -> None:
    """EV-1, EV-2: over a run with submitted, refused and cancelled orders; order is kept."""
    orders = {place.order() for _ in range(3)}
    refused = client.order(lines=[{"sku": "RUG-GREY", "units": 9_000}])
    assert client.settled(refused["id"])["state"] == "draft"
    draft = client.order(submit=False)
    client.post(f"/api/orders/v1/orders/{draft['id']}/cancellation", {})
    orders |= {refused["id"], draft["id"]}

    def told() -> bool:
        found = [one for one in every_event(client) if one.get("subject") in orders]
        kinds = [one["type"] for one in found]
        return kinds.count(SUBMITTED) == 3 and "orders.order-cancelled.v1" in kinds

    wait_for(told)
    events = every_event(client)
    assert len({one["id"] for one in events}) == len(events)
    for order in orders:
        mine = [one for one in events if one.get("subject") == order]
        assert [int(one["sequence"]) for one in mine] == list(range(1, len(mine) + 1))
        assert all(one["staffid"] and one["customerid"] for one in mine)
    assert all(one["correlationid"] and one["causationid"] for one in events)


def test_the_archive_is_read_with_curl(place: Place) -> None:
    order = place.order()

    def told() -> bool:
        said = place.bash(block("sh", "TOKEN="), block("sh", "/events?type="))
        subjects = [item["event"]["subject"] for item in json.loads(said)["items"]]
        return order in subjects

    wait_for(told)


def test_the_archive_is_followed_in_javascript(place: Place, tmp_path: Path) -> None:
    """EV-3: a subscriber that is killed goes on where it was; what is no answer is asked again."""
    (tmp_path / "follow.mjs").write_text(block("js", "position"))
    api = f"{place.system.url}/api/subscribers/v1"
    with running(["node", "follow.mjs"], tmp_path, API=api, TOKEN=place.token) as said:
        order = place.order()
        wait_for(lambda: f"{SUBMITTED} {order}" in said.read_text())
    with running(["node", "follow.mjs"], tmp_path, API=api, TOKEN="forged") as said:
        wait_for(lambda: said.read_text().count("TOKEN_INVALID") > 1)
    with running(["node", "follow.mjs"], tmp_path, API=api, TOKEN=place.token) as said:
        another = place.order()
        wait_for(lambda: f"{SUBMITTED} {another}" in said.read_text())
        assert order not in said.read_text(), "it goes on where it was"


@pytest.mark.parametrize("language", ["python", "js"])
def test_a_webhook_is_received_and_verified(place: Place, tmp_path: Path, language: str) -> None:
    """EV-3."""
    port = str(free_port())
    register = block("sh", "Idempotency-Key: erp").replace("Key: erp", f"Key: erp-{port}")
    said = place.bash(
        block("sh", "TOKEN="), register.replace("127.0.0.1:9000", f"127.0.0.1:{port}")
    )
    endpoint = json.loads(said)
    if language == "python":
        words = [sys.executable, "hook.py"]
        (tmp_path / "hook.py").write_text(block("python", "standardwebhooks"))
    else:
        words = ["node", "hook.mjs"]
        (tmp_path / "hook.mjs").write_text(block("js", "createHmac"))
    with running(words, tmp_path, SECRET=endpoint["secret"], PORT=port) as printed:
        order = place.order()
        wait_for(lambda: f"{SUBMITTED} {order}" in printed.read_text(), timeout=90)
        mine = [line.split() for line in printed.read_text().splitlines() if order in line]
        if language == "python":
            assert [int(words[2]) for words in mine] == list(range(1, len(mine) + 1))
        client = place.system.client()
        path = f"/api/subscribers/v1/endpoints/{endpoint['id']}"
        before = len(mine)
        client.post(f"{path}/replay", {"after": 0})
        wait_for(lambda: printed.read_text().count(order) >= 2 * before)
    client.http.delete(path)


def test_a_queue_of_ones_own(place: Place, tmp_path: Path) -> None:
    """EV-3: own credentials, bounded, replayed, removed again."""
    if place.broker is None:
        with pytest.raises(AssertionError, match="management API does not answer"):
            place.bash(
                block("sh", "subscriber add").replace("user:password@host:15672", "127.0.0.1:1")
            )
        return
    before = place.order()
    said = place.bash(block("sh", "subscriber add"))
    password = next(line.split()[1] for line in said.splitlines() if "password:" in line)
    url = place.broker.url.split("@")[1]
    address = f"amqp://sub.erp:{password}@{url}"
    (tmp_path / "follow.py").write_text(block("python", "sub.erp"))
    with running([sys.executable, "follow.py"], tmp_path, SUBSCRIBER_URL=address) as printed:
        order = place.order()
        wait_for(lambda: f"{SUBMITTED} {order}" in printed.read_text())
        assert "orders.order-started.v1" not in printed.read_text(), "only its types"
        assert before not in printed.read_text()
        replay = block("sh", "subscriber replay").partition(
            ".venv/bin/tradecounter subscriber remove"
        )
        management = "export RABBITMQ_MANAGEMENT_URL=http://user:password@host:15672"
        said = place.bash(management, replay[0])
        assert re.search(r"[1-9]\d* sent again", said)
        wait_for(lambda: f"{SUBMITTED} {before}" in printed.read_text())
    place.bash(management, "".join(replay[1:]))
    with pytest.raises(AssertionError, match="no subscriber 'erp'"):
        place.bash(management, "".join(replay[1:]))


def test_no_example_of_the_page_is_left_out() -> None:
    found = re.findall(r"```(\w+)\n", PAGE)
    assert sorted(found) == sorted(["sh"] * 5 + ["js"] * 2 + ["python"] * 2)
