"""EmbeddedPostgres keeps its data whatever ends its owner, and never outlives it for long."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from tradecounter.servers import binaries
from tradecounter.servers.databases import ensure_database
from tradecounter.servers.directories import remove
from tradecounter.servers.errors import BinariesMissing, DirectoryInUse, PortTaken, ServerError
from tradecounter.servers.postgres import EmbeddedPostgres
from tradecounter.servers.processes import alive, free_port, processes_in, wait_gone

pytestmark = pytest.mark.postgres

OWNER = """
import signal, sys
from pathlib import Path
from tradecounter.servers.postgres import EmbeddedPostgres
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
with EmbeddedPostgres(Path(sys.argv[1])) as server:
    print(server.pid, server.url, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def home() -> Iterator[Path]:
    # Not pytest's tmp_path: the server's account must get in when the tests run as root.
    directory = Path(tempfile.mkdtemp(prefix="tradecounter-postgres-"))
    directory.chmod(0o755)
    yield directory / "postgres"
    remove(directory / "postgres")
    shutil.rmtree(directory)


@pytest.fixture
def owner(home: Path) -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        yield process
        process.kill()


def started(owner: "subprocess.Popen[str]") -> tuple[int, str]:
    assert owner.stdout is not None
    pid, url = owner.stdout.readline().split()
    return int(pid), url


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


async def run(url: str, statement: str) -> object:
    engine = create_async_engine(url.replace("postgresql:", "postgresql+asyncpg:"))
    try:
        async with engine.begin() as connection:
            result = await connection.execute(text(statement))
            return result.scalar() if result.returns_rows else None
    finally:
        await engine.dispose()


async def test_data_is_there_at_the_next_run(home: Path) -> None:
    async with EmbeddedPostgres(home) as server:
        await run(await ensure_database(server.url, "orders"), "CREATE TABLE kept AS SELECT 7 AS n")

    async with EmbeddedPostgres(home) as server:
        orders = await ensure_database(server.url, "orders")
        assert await run(orders, "SELECT n FROM kept") == 7
        assert await run(orders, "SHOW fsync") == "on"


async def test_a_killed_owner_leaves_no_server_and_loses_no_data(
    home: Path, owner: "subprocess.Popen[str]"
) -> None:
    pid, url = started(owner)
    await run(url, "CREATE TABLE kept AS SELECT 7 AS n")

    owner.kill()

    assert wait_gone(pid, 20)
    with EmbeddedPostgres(home) as server:
        assert await run(server.url, "SELECT n FROM kept") == 7


async def test_a_server_left_by_a_killed_owner_and_tether_is_ended_first(
    home: Path, owner: "subprocess.Popen[str]"
) -> None:
    pid, url = started(owner)
    await run(url, "CREATE TABLE kept AS SELECT 7 AS n")
    tether = parent_of(pid)
    os.kill(owner.pid, signal.SIGSTOP)  # it must not see its tether go
    os.kill(tether, signal.SIGKILL)
    owner.kill()
    owner.wait()
    assert pid in processes_in(home / "cluster")

    with EmbeddedPostgres(home) as server:
        assert server.pid != pid
        assert await run(server.url, "SELECT n FROM kept") == 7
    assert wait_gone(pid, 5)


async def test_a_killed_server_recovers_at_the_next_start(home: Path) -> None:
    with EmbeddedPostgres(home) as server:
        await run(server.url, "CREATE TABLE kept AS SELECT 7 AS n")
        server.kill()
        server.stop()
        server.start()
        assert await run(server.url, "SELECT n FROM kept") == 7


async def test_ctrl_c_does_not_reach_the_server_before_its_owner_lets_go(
    home: Path, owner: "subprocess.Popen[str]"
) -> None:
    pid, url = started(owner)

    os.kill(owner.pid, signal.SIGSTOP)  # an owner that is busy closing
    os.killpg(owner.pid, signal.SIGINT)  # what a terminal sends

    assert await run(url, "SELECT 1") == 1
    os.kill(owner.pid, signal.SIGCONT)
    owner.wait(30)
    assert wait_gone(pid, 5)
    assert "database system is shut down" in (home / "server.log").read_text()


def test_a_second_run_on_the_same_directory_is_refused(home: Path) -> None:
    with EmbeddedPostgres(home), pytest.raises(DirectoryInUse, match=f"process {os.getpid()}"):
        EmbeddedPostgres(home).start()

    with EmbeddedPostgres(home) as server:
        assert server.pid


def test_a_taken_port_is_named(home: Path) -> None:
    port = free_port()

    with (
        EmbeddedPostgres(home, port),
        pytest.raises(PortTaken, match=str(port)),
        EmbeddedPostgres(home.with_name("other"), port),
    ):
        pass
    remove(home.with_name("other"))


def test_a_process_id_that_now_belongs_to_another_program_is_no_obstacle(home: Path) -> None:
    with EmbeddedPostgres(home):
        pass
    stale = home / "cluster" / "postmaster.pid"
    stale.write_text(f"{os.getppid()}\n{home / 'cluster'}\n0\n0\n\n\n\nready\n")
    os.chown(stale, (home / "cluster").stat().st_uid, -1)

    with EmbeddedPostgres(home) as server:
        assert server.pid
    assert alive(os.getppid())


def test_data_of_another_release_is_explained(home: Path) -> None:
    (home / "cluster").mkdir(parents=True)
    owner = _account_that_serves(home)
    os.chown(home / "cluster", owner, -1)
    (home / "cluster" / "PG_VERSION").write_text("9\n")

    with pytest.raises(BinariesMissing, match=r"written by PostgreSQL 9.*make reset"):
        EmbeddedPostgres(home).start()


def _account_that_serves(home: Path) -> int:
    scratch = home.with_name("scratch")
    with EmbeddedPostgres(scratch):
        owner = (scratch / "cluster").stat().st_uid
    remove(scratch)
    return owner


async def test_the_wheel_serves_where_the_machine_has_no_postgresql(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "machine_binaries", lambda: iter(()))

    with EmbeddedPostgres(home) as server:
        assert await run(server.url, "SELECT lower('ÅSA') = 'åsa'") is True
        await run(server.url, "CREATE EXTENSION pg_trgm")
        assert await run(server.url, "SELECT 'åsa' % 'åse'") is True


@pytest.mark.skipif(
    os.geteuid() != 0, reason="only root meets directories that others cannot enter"
)
async def test_root_keeps_data_elsewhere_when_the_servers_account_cannot_enter(home: Path) -> None:
    closed = home.with_name("closed")
    closed.mkdir(mode=0o700)

    with EmbeddedPostgres(closed / "postgres") as server:
        await run(server.url, "CREATE TABLE kept AS SELECT 7 AS n")
        elsewhere = server.home
        assert str(elsewhere) in (server.notice or "")
    with EmbeddedPostgres(closed / "postgres") as server:
        assert await run(server.url, "SELECT n FROM kept") == 7

    remove(closed / "postgres")
    assert not elsewhere.exists()


def test_reset_drops_nothing_that_no_run_has_made(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()

    ran = subprocess.run(
        [sys.executable, "-m", "tradecounter.servers", "reset", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 1
    assert "does not look like" in ran.stderr
    assert (tmp_path / "letters").exists()


def test_reset_waits_for_no_running_server(home: Path) -> None:
    with EmbeddedPostgres(home), pytest.raises(ServerError, match="in use"):
        remove(home)

    remove(home)
    assert not home.exists()
