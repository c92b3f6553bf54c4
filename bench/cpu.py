"""CPU time of the processes that serve, and of this one, which only asks."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

import psutil

SERVICES, POSTGRESQL, RABBITMQ, CLIENT = "services", "postgresql", "rabbitmq", "client"
"""What CPU time is summed up by; the client is this process."""

Seconds = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Meter:
    """Reads the CPU seconds that process trees have used so far.

    Attributes:
        roots: A label and the first process of each tree; a label with a space belongs to a
            service (``orders api``).
    """

    roots: Mapping[str, int]

    def read(self) -> dict[str, float]:
        """Give the seconds by label, user and system, ended children included."""
        seconds = {label: _tree(pid) for label, pid in self.roots.items()}
        return {**seconds, CLIENT: _own(psutil.Process())}

    def since(self, before: Seconds) -> dict[str, float]:
        """Give the seconds used since an earlier reading."""
        return {label: used - before[label] for label, used in self.read().items()}


def summed(used: Seconds) -> dict[str, float]:
    """Sum up by services, PostgreSQL, RabbitMQ and client; what was not measured is left out."""
    sums: dict[str, float] = {}
    for label, seconds in used.items():
        group = SERVICES if " " in label else label
        sums[group] = sums.get(group, 0.0) + seconds
    return sums


def _tree(pid: int) -> float:
    """Sum up a tree.

    A child that has ended since the last reading is in its parent's times: the parent waits for it.
    """
    root = psutil.Process(pid)
    total = _with_ended(root)
    for child in root.children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            total += _with_ended(child)
    return total


def _own(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def _with_ended(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system + times.children_user + times.children_system
