"""PrivateRabbitMQ starts alone, obeys, and leaves no process behind."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import aio_pika
import pytest
from tradecounter.servers.directories import remove
from tradecounter.servers.errors import DirectoryInUse, StartFailed
from tradecounter.servers.processes import wait_gone
from tradecounter.servers.rabbitmq import PrivateRabbitMQ

pytestmark = pytest.mark.broker("own")

OWNER = """
import sys
from pathlib import Path
from tradecounter.servers.rabbitmq import PrivateRabbitMQ
with PrivateRabbitMQ(Path(sys.argv[1])) as node:
    print(*node.pids, flush=True)
    sys.stdin.read()
"""

ORDERS_QUEUE = {
    "queues": [
        {
            "name": "orders.commands",
            "vhost": "/",
            "durable": True,
            "auto_delete": False,
            "arguments": {"x-queue-type": "quorum"},
        }
    ]
}


@pytest.fixture
def home() -> Iterator[Path]:
    directory = Path(tempfile.mkdtemp(prefix="tradecounter-rabbitmq-"))
    directory.chmod(0o755)
    yield directory / "node"
    remove(directory / "node")
    shutil.rmtree(directory)


async def test_definitions_are_there_and_all_processes_go_with_the_node(home: Path) -> None:
    definitions = home.with_name("definitions.json")
    definitions.write_text(json.dumps(ORDERS_QUEUE))

    async with PrivateRabbitMQ(home, management=True, definitions=definitions) as node:
        pids = node.pids
        async with await aio_pika.connect(node.url) as connection:
            channel = await connection.channel()
            await channel.declare_queue("orders.commands", passive=True)
        with pytest.raises(StartFailed, match="no_such_queue"):
            node.ctl("delete_queue", "no_such_queue")
        with pytest.raises(DirectoryInUse):
            PrivateRabbitMQ(home).start()

    assert len(pids) == 2
    assert all(wait_gone(pid, 5) for pid in pids)


def test_a_killed_owner_leaves_no_process(home: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as owner:
        assert owner.stdout is not None
        pids = [int(pid) for pid in owner.stdout.readline().split()]

        owner.kill()

        assert len(pids) == 2
        assert all(wait_gone(pid, 30) for pid in pids)
