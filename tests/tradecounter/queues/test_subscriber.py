"""EV-3: a queue of an outsider's own: bounded, and its credentials are good for nothing else."""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path

import aio_pika
import pytest
from aio_pika.exceptions import AMQPError, ChannelClosed, ProbableAuthenticationError
from contracts.patterns import Pattern
from messaging.outbox import Outbox
from messaging.rabbit import bootstrap
from messaging.tables import messaging_tables
from sqlalchemy import MetaData
from tradecounter.commands.subscriber import subscribers
from tradecounter.queues.definitions import BadSubscriber, Subscriber, document
from tradecounter.servers.rabbitmq import PrivateRabbitMQ
from typer.testing import CliRunner, Result

from tests.support import eventually

SUBMITTED = "orders.order-submitted.v1"


@pytest.mark.parametrize("name", ["", "Erp", "a.b", "-a", "a" * 41, "a b"])
def test_a_name_that_would_not_fit_the_broker_is_refused(name: str) -> None:
    with pytest.raises(BadSubscriber, match="name"):
        Subscriber(name, (Pattern("#"),))


def test_a_pattern_must_name_a_service() -> None:
    with pytest.raises(BadSubscriber, match="names none of"):
        Subscriber("erp", (Pattern("order.#"),))


def test_a_pattern_is_bound_to_the_exchanges_whose_events_it_can_match() -> None:
    subscriber = Subscriber("erp", (Pattern("orders.#"), Pattern("*.*.v1")))
    bound = [(one.exchange, one.key) for one in subscriber.bindings]
    assert bound[0] == ("evt.orders", "orders.#")
    assert ("evt.payments", "*.*.v1") in bound
    assert len(bound) == 6


def test_its_user_may_read_its_own_queues_and_do_nothing_else() -> None:
    [rights] = document(Subscriber("erp", (Pattern("#"),)), "secret")["permissions"]
    assert all(re.fullmatch(rights["read"], name) for name in ("sub.erp", "sub.erp.dlq"))
    others = ("sub.erp2", "subxerp", "orders.commands", "evt.archive", "sub.erp.dlq2")
    assert not any(re.search(rights["read"], name) for name in others)
    assert (rights["configure"], rights["write"]) == ("^$", "^$")


def test_the_password_stands_nowhere_in_the_definitions() -> None:
    assert "secret-word" not in json.dumps(
        document(Subscriber("a", (Pattern("#"),)), "secret-word")
    )


class Broker:
    """A broker, the command before it, and a publisher."""

    def __init__(self, node: PrivateRabbitMQ) -> None:
        self.node = node

    def command(self, *words: str) -> Result:
        environment = {
            "RABBITMQ_MANAGEMENT_URL": str(self.node.management_url),
            "TRADECOUNTER_BROKER_URL": self.node.url,
            "COLUMNS": "200",
        }
        return CliRunner().invoke(subscribers, list(words), env=environment)

    def add(self, name: str, *words: str) -> str:
        """Add a subscriber; gives the address with its credentials."""
        done = self.command("add", name, *words)
        assert done.exit_code == 0, done.output
        [password] = re.findall(r"password: (\S+)", done.output)
        return f"amqp://sub.{name}:{password}@127.0.0.1:{self.node.port}/"

    async def publish(self, count: int, kind: str = SUBMITTED) -> list[str]:
        """Publish events; gives their ids."""
        from contracts.samples import samples  # noqa: PLC0415

        outbox = Outbox("orders", messaging_tables(MetaData()).outbox)
        for _ in range(count):
            outbox.publish(samples()[kind])  # pyright: ignore[reportArgumentType]
        async with await aio_pika.connect(self.node.url) as connection:
            channel = await connection.channel()
            exchange = await channel.get_exchange("evt.orders", ensure=False)
            for row in outbox.rows:
                message = aio_pika.Message(row["body"], type=kind, delivery_mode=2)
                await exchange.publish(message, kind)
        return [str(row["message_id"]) for row in outbox.rows]


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateRabbitMQ]:
    with PrivateRabbitMQ(tmp_path_factory.mktemp("queues") / "node", management=True) as found:
        yield found


@pytest.fixture
async def broker(node: PrivateRabbitMQ) -> Broker:
    await bootstrap(node.url, [])
    return Broker(node)


async def ids_in(url: str, queue: str, most: int, seconds: float = 5) -> list[str]:
    """Take so many messages, or those that come in time."""
    found: list[str] = []
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        await channel.set_qos(50)
        waiting = await channel.get_queue(queue, ensure=False)
        try:
            async with asyncio.timeout(seconds), waiting.iterator() as messages:
                async for message in messages:
                    await message.ack()
                    found.append(json.loads(message.body)["id"])
                    if len(found) == most:
                        break
        except TimeoutError:
            pass
    return found


@pytest.mark.broker("own")
async def test_a_full_queue_drops_the_oldest_and_they_are_counted_and_replayed(
    broker: Broker,
) -> None:
    url = broker.add("full", "--types", "orders.#", "--max-length", "3")
    ids = await broker.publish(8)

    async def dropped() -> bool:
        row = next(line for line in broker.command("list").output.splitlines() if "full" in line)
        return [cell.strip() for cell in row.split("│")[3:5]] == ["3", "5"]

    await eventually(dropped, timeout=30)
    assert await ids_in(url, "sub.full", 3) == ids[5:]
    assert await ids_in(url, "sub.full.dlq", 5) == ids[:5]
    done = await asyncio.to_thread(broker.command, "replay", "full", "--from-position", "0")
    assert re.search(r"\d+ sent again", done.output), done.output
    assert (await ids_in(url, "sub.full", 3))[-1] == ids[-1]


@pytest.mark.broker("own")
async def test_the_credentials_are_good_for_its_own_queue_only(broker: Broker) -> None:
    url = broker.add("narrow", "--types", SUBMITTED)
    broker.add("other", "--types", "#")
    for queue in ("sub.other", "evt.archive"):
        with pytest.raises(AMQPError):
            await ids_in(url, queue, 1, seconds=2)
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        exchange = await channel.get_exchange("evt.orders", ensure=False)
        with pytest.raises(ChannelClosed, match="ACCESS_REFUSED"):
            await exchange.publish(aio_pika.Message(b"{}"), SUBMITTED)


@pytest.mark.broker("own")
async def test_it_is_added_once_and_removed_with_everything(broker: Broker) -> None:
    url = broker.add("erp", "--types", "orders.#,payments.#")
    again = broker.command("add", "erp", "--types", "#")
    assert (again.exit_code, "already" in again.output) == (1, True)
    assert "orders.#, payments.#" in broker.command("list").output

    assert broker.command("remove", "erp").exit_code == 0

    assert broker.command("remove", "erp").exit_code == 1
    assert "erp" not in broker.command("list").output
    with pytest.raises(ProbableAuthenticationError):
        await aio_pika.connect(url)


@pytest.mark.broker("own")
async def test_printed_definitions_do_the_same_when_rabbitmqctl_imports_them(
    broker: Broker, tmp_path: Path
) -> None:
    done = broker.command("add", "printed", "--types", "#", "--print")
    [password] = re.findall(r"password (\S+)", done.stderr)
    file = Path(broker.node.log).with_name("printed.json")
    file.write_text(done.stdout)
    file.chmod(0o644)
    broker.node.ctl("import_definitions", str(file))

    [id_] = await broker.publish(1)

    url = f"amqp://sub.printed:{password}@127.0.0.1:{broker.node.port}/"
    assert await ids_in(url, "sub.printed", 1) == [id_]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("add", "Bad", "--types", "#"), "name"),
        (("add", "a", "--types", "x.y"), "names none of"),
        (("add", "a", "--types", "Or."), "is not like"),
        (("add", "a", "--types", ","), "at least one"),
        (("replay", "a", "--broker-url", "amqp://x/"), "give either"),
        (("list",), "is not set"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_asked(
    words: tuple[str, ...], reason: str
) -> None:
    done = CliRunner().invoke(subscribers, list(words), env={"RABBITMQ_MANAGEMENT_URL": ""})
    assert (done.exit_code, reason in done.output) == (2, True), done.output
