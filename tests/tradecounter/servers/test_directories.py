"""Where a server's data lies when its account cannot enter the directory that was asked for."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tradecounter.servers import directories
from tradecounter.servers.accounts import account_of
from tradecounter.servers.directories import place, placed, remove

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root's servers are placed elsewhere"
)


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give a directory that nobody else may enter; what is placed elsewhere is within reach."""
    elsewhere = Path("/var/tmp") / f"tradecounter-{os.getpid()}-{tmp_path.name}"  # noqa: S108
    monkeypatch.setattr(directories, "ELSEWHERE", elsewhere)
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    yield closed / "data"
    shutil.rmtree(elsewhere, ignore_errors=True)


def test_a_directory_that_was_removed_leaves_nothing_to_the_next(asked: Path) -> None:
    """Who deletes their data and begins anew must not find it again."""
    nobody = account_of(65534)
    first = place(asked, nobody)
    (first / "kept").touch()
    assert place(asked, nobody) == placed(asked) == first

    moved = asked.with_name("moved")
    asked.rename(moved)
    second = place(asked, nobody)

    assert [*second.iterdir()] == []
    assert placed(moved) == first
    assert (first / "kept").exists()

    shutil.rmtree(asked)
    assert [*place(asked, nobody).iterdir()] == []

    remove(moved)
    assert not first.exists()
