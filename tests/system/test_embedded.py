"""``make run`` as a user meets it: up, an order, Ctrl-C, a crash, and up again."""

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import psutil
import pytest

from tests.system.running import Client, System, free_port, wait_for

pytestmark = [pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    running = System(tmp_path_factory.mktemp("embedded") / "data").start()
    yield running
    running.stop()


@pytest.fixture
def client(system: System) -> Client:
    return system.client()


def test_the_curl_line_that_it_prints_places_an_order(system: System, client: Client) -> None:
    lines = [line.strip() for line in system.output.splitlines()]
    sign_in = next(line for line in lines if line.startswith("TOKEN="))
    curl = next(line for line in lines if line.startswith("curl"))
    words = re.search(r"tradecounter (token \w+)", sign_in)
    assert words is not None
    token = system.run(*shlex.split(words.group(1))).stdout

    done = subprocess.run(
        ["bash", "-c", f"TOKEN={token.strip()}; {curl}"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    order = client.settled(json.loads(done.stdout)["id"])
    assert order["state"] == "submitted", order["refusals"]
    assert order["totals"]["total"] == {"minor": 2 * 1200 + 495, "currency": "GBP"}


def test_the_token_command_prints_a_token_and_nothing_else(system: System) -> None:
    done = system.run("token", "csr")
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+\n", done.stdout)
    assert done.stderr == ""


def test_an_unknown_member_of_staff_is_refused_with_the_names_there_are(system: System) -> None:
    done = system.run("token", "nobody", check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "admin, supervisor, csr" in done.stderr


def test_the_start_page_links_the_api_docs_and_they_answer(system: System) -> None:
    page = httpx2.get(system.url).text
    links = re.findall(r'href="(/[^"]+)"', page)
    assert len([link for link in links if link.endswith("/docs")]) == 5
    for link in links:
        assert httpx2.get(system.url + link).status_code == 200, link


def test_staff_see_only_their_sites(system: System, client: Client) -> None:
    """SC-1: lists and look-ups by id alike."""
    german = client.post("/api/orders/v1/orders", {"site": "de"})
    csr = system.client("csr")
    assert csr.http.get(f"/api/orders/v1/orders/{german['id']}").status_code == 404
    assert german["id"] not in {one["id"] for one in csr.get("/api/orders/v1/orders")["items"]}


def test_a_refused_submission_comes_back_as_a_draft_with_its_reasons(client: Client) -> None:
    """SU-5: nothing typed is lost."""
    order = client.order(lines=[{"sku": "RUG-GREY", "units": 9_000}], staff_note="by phone")
    found = client.settled(order["id"])
    assert found["state"] == "draft"
    assert [(one["code"], one["pointer"]) for one in found["refusals"]] == [
        ("OUT_OF_STOCK", "/lines/0")
    ]
    assert (found["lines"][0]["units"], found["staff_note"]) == (9_000, "by phone")


def test_a_declined_card_gives_the_stock_back(client: Client) -> None:
    path = "/api/catalog/v1/products/LAMP-OAK/stock"
    before = client.get(path, site="uk")
    order = client.order(
        lines=[{"sku": "LAMP-OAK", "units": 1}],
        payments=[{"method": "card", "token": "tok_decline"}],
    )
    found = client.settled(order["id"])
    assert (found["state"], found["refusals"][0]["code"]) == ("draft", "PAYMENT_DECLINED")
    assert {**client.get(path, site="uk"), "as_of": 0} == {**before, "as_of": 0}


def test_a_card_is_authorised_and_captured(client: Client) -> None:
    order = client.order(payments=[{"method": "card", "token": "tok_ok"}])
    assert client.settled(order["id"])["state"] == "submitted"

    def captured() -> bool:
        found = client.get("/api/payments/v1/payments", order_id=order["id"])
        return [one["state"] for one in found["items"]] == ["captured"]

    wait_for(captured)


def test_the_submission_can_be_watched_live(client: Client) -> None:
    """SU-6: step by step, until it has ended."""
    order = client.order()
    path = f"/api/orders/v1/orders/{order['id']}/progress"
    steps: list[str] = []
    with client.http.stream("GET", path, timeout=30) as events:
        assert events.headers["content-type"].startswith("text/event-stream")
        steps.extend(line for line in events.iter_lines() if line.startswith("data:"))
    told = "\n".join(steps)
    for step in ("verify the customer", "reserve stock", "submit the order", "allocate stock"):
        assert step in told


def test_the_callers_trace_is_continued(client: Client) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    customer = client.demo_customer()
    headers = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01", "Idempotency-Key": "traced"}
    body = {"site": "uk", "customer_id": customer, "lines": [{"sku": "MUG-01", "units": 1}]}
    answer = client.http.post("/api/orders/v1/orders", json=body, headers=headers)
    assert answer.headers["trace-id"] == trace


def test_a_taken_port_is_said_clearly_and_nothing_is_started(
    system: System, tmp_path: Path
) -> None:
    other = System(tmp_path / "other", port=system.port)
    done = other.run("run", check=False)
    assert done.returncode == 1
    assert f"port {system.port}" in done.stderr
    assert "--port" in done.stderr
    assert not (tmp_path / "other" / "postgres").exists()


def test_a_data_directory_in_use_is_said_clearly(system: System) -> None:
    other = System(system.directory, port=free_port())
    done = other.run("run", check=False)
    assert done.returncode == 1
    assert "in use" in done.stderr


@pytest.mark.parametrize(
    ("options", "variables", "named", "example"),
    [
        (("--tax-url", "nowhere-at-all"), {}, "the setting ORDERS_TAX_URL", "https://"),
        ((), {"ORDERS_TAX_URL": "nowhere-at-all"}, "the setting ORDERS_TAX_URL", "https://"),
        ((), {"CUSTOMERS_SMTP_URL": "nowhere-at-all"}, "CUSTOMERS_SMTP_URL", "smtp://"),
        ((), {"TRADECOUNTER_POOL_SIZE": "nowhere-at-all"}, "TRADECOUNTER_POOL_SIZE", "10"),
        ((), {"SUBSCRIBERS_SECRET_KEYS": "nowhere-at-all"}, "SUBSCRIBERS_SECRET_KEYS", "openssl"),
        (("--database-url", "nowhere-at-all"), {}, "--database-url", "postgresql://"),
        (("--broker-url", "nowhere-at-all"), {}, "--broker-url", "amqp://"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named_and_nothing_is_started(
    tmp_path: Path,
    options: tuple[str, ...],
    variables: dict[str, str],
    named: str,
    example: str,
) -> None:
    """What it was set to is not repeated: settings may be secrets."""
    system = System(tmp_path / "data", environment=variables)
    done = system.run("run", "--no-demo", *options, check=False)
    assert done.returncode == 2
    assert named in done.stderr
    assert example in done.stderr
    assert "nowhere-at-all" not in done.stderr
    assert "Traceback" not in done.stderr
    assert "starting" not in done.stdout
    assert not (tmp_path / "data" / "postgres").exists()


@pytest.mark.parametrize(
    ("option", "scheme", "who"),
    [
        ("--database-url", "postgresql", "the database server"),
        ("--broker-url", "amqp", "the broker"),
    ],
)
def test_a_server_that_is_away_is_said_clearly(
    tmp_path: Path, option: str, scheme: str, who: str
) -> None:
    away = f"{scheme}://user:tell-nobody@127.0.0.1:{free_port()}/x"
    done = System(tmp_path / "data").run("run", "--no-demo", option, away, check=False)
    assert done.returncode == 1
    assert f"{who} cannot be used" in done.stderr
    assert "refused" in done.stderr
    assert "tell-nobody" not in done.stderr
    assert "Traceback" not in done.stderr


def test_ctrl_c_frees_everything_and_the_next_run_resumes(tmp_path: Path) -> None:
    system = System(tmp_path / "data").start()
    client = system.client()
    placed = client.settled(client.order()["id"])
    children = psutil.Process(system.process.pid).children(recursive=True)  # pyright: ignore[reportOptionalMemberAccess]
    assert children

    assert system.stop() == 0

    assert not psutil.wait_procs(children, timeout=10)[1]
    assert "Traceback" not in system.output
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(f"{system.url}/livez")
    system.start()
    found = system.client().get(f"/api/orders/v1/orders/{placed['id']}")
    assert found == placed
    system.stop()


def test_killed_in_the_middle_of_submissions_it_loses_nothing(tmp_path: Path) -> None:
    """I1, I3, I5, I6 after SIGKILL: every accepted order ends, stock adds up."""
    system = System(tmp_path / "data").start()
    client = system.client()
    customer = client.demo_customer()
    accepted: list[str] = []

    def place(number: int) -> None:
        try:
            order = client.order(
                key=f"order-{number}",
                customer_id=customer,
                lines=[{"sku": "PEN-BLK", "units": 1}],
                payments=[{"method": "card", "token": "tok_ok"}],
            )
        except (httpx2.TransportError, AssertionError):
            return
        accepted.append(order["id"])

    with ThreadPoolExecutor(8) as staff:
        placing = [staff.submit(place, number) for number in range(120)]
        wait_for(lambda: len(accepted) >= 40, every=0.01)
        system.kill()
        for one in placing:
            one.result()
    under_way = len(accepted)
    assert under_way < 120, "the system was not killed in the middle"

    system.start()
    client = system.client()
    for number in range(120):  # the clients ask again under the same keys
        client.order(
            key=f"order-{number}",
            customer_id=customer,
            lines=[{"sku": "PEN-BLK", "units": 1}],
            payments=[{"method": "card", "token": "tok_ok"}],
        )
    orders = {one["id"]: one for one in _all_orders(client)}
    assert len(orders) == 120
    assert set(accepted) <= orders.keys()
    assert {client.settled(id_)["state"] for id_ in orders} == {"submitted"}

    def settled() -> bool:
        stock = _stock(client, "PEN-BLK")
        return (stock["reserved"], stock["allocated"]) == (0, 120)

    wait_for(settled)
    ledger = client.get("/api/payments/v1/test-gateway/transactions", limit="200")["items"]
    charged = [one["payment_id"] for one in ledger if one["kind"] == "authorise"]
    assert len(charged) == len(set(charged)), "I4: a payment was authorised twice"
    system.stop()


def _all_orders(client: Client) -> Iterator[dict[str, str]]:
    query = {"site": "uk", "limit": "200"}
    while True:
        page = client.get("/api/orders/v1/orders", **query)
        yield from page["items"]
        if page["next"] is None:
            return
        query["after"] = page["next"]


def _stock(client: Client, sku: str) -> dict[str, int]:
    items = client.get("/api/catalog/v1/stock", location="central", limit="200")["items"]
    return next(one for one in items if one["sku"] == sku)
