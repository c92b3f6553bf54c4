"""Staff and customers do everything at once, and the system is killed in the middle, twice."""

import random
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.system.life import Books, Day, wrong_histories, wrong_sequences
from tests.system.running import Json, System, wait_for

pytestmark = [pytest.mark.timeout(600)]

SEED = 4
HANDS = 4
ORDERS = 8
"""Begun before each kill, and after the last."""


def test_whatever_is_under_way_when_it_is_killed_goes_on_and_the_books_agree(
    tmp_path: Path,
) -> None:
    """SU-5, SU-8, SU-11, PA-5, PA-8, EV-1, EV-2: submit, cancel, revise, hand over, keep.

    Nothing is lost and nothing done twice, no process is stuck, and each order's events stand in
    the archive as 1, 2, 3 ... and say what has become of it.
    """
    system = System(tmp_path / "data").start()
    try:
        client = system.client()
        found = client.get("/api/customers/v1/customers", site="uk")["items"]
        customers = [one["id"] for one in found]
        made, faults = list[str](), list[str]()
        days = [
            Day(system.client(), random.Random(SEED + hand), customers, made, faults)
            for hand in range(HANDS)
        ]
        for _ in range(2):
            _work(days, system, kill=True)
            system.start()
        _work(days, system, kill=False)

        books = Books(client)
        books.at_rest()
        wait_for(lambda: _agree(books), timeout=60, every=1)
        assert faults == []
    finally:
        system.stop()
    assert "Traceback" not in system.output.rpartition("starting PostgreSQL")[2]


def _agree(books: Books) -> bool:
    wrong = [*books.wrong()]
    assert not wrong, wrong
    return True


def _work(days: Sequence[Day], system: System, *, kill: bool) -> None:
    """Have everybody work until enough orders were begun, and be in the middle of it then."""
    made = days[0].made
    enough, over = len(made) + ORDERS, threading.Event()

    def work(day: Day) -> None:
        while not over.is_set():
            day.act()

    with ThreadPoolExecutor(len(days)) as hands:
        working = [hands.submit(work, day) for day in days]
        try:
            wait_for(lambda: len(made) >= enough or None, timeout=120, every=0.005)
            if kill:
                system.kill()
        finally:
            over.set()
        for one in working:
            one.result()


def an_event(number: int, **changes: object) -> Json:
    return {
        "id": f"id {number}",
        "type": "orders.order-submitted.v1",
        "source": "/tradecounter/orders",
        "subject": "order",
        "sequence": str(number),
        **changes,
    }


def test_the_books_see_what_is_wrong() -> None:
    """EV-1, EV-2: a gap, a swap, a copy, a missing number, and a story of another order."""
    told = [an_event(1), an_event(2)]
    assert not [*wrong_sequences(told)]
    for wrong in (
        [an_event(1), an_event(3)],
        [an_event(2), an_event(1)],
        [an_event(1), an_event(1)],
        [an_event(1), an_event(2, id="id 1")],
        [{name: text for name, text in an_event(1).items() if name != "sequence"}],
    ):
        assert [*wrong_sequences(wrong)]
    order = {"id": "order", "state": "submitted"}
    assert not [*wrong_histories(told[:1], [order])]
    assert [*wrong_histories(told, [order])], "submitted twice"
    assert [*wrong_histories([], [order])]
    assert [*wrong_histories(told[:1], [{**order, "state": "cancelled"}])]
