"""Which errors are whose, and how long a message rests."""

import asyncpg  # pyright: ignore[reportMissingTypeStubs]
import pytest
from messaging.failures import (
    RETRY_AFTER,
    InfrastructureDown,
    Permanent,
    is_conflict,
    is_outage,
    rest,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

STARTING_UP, NOT_UNIQUE, DEADLOCK = "57P03", "23505", "40P01"


class DatabaseSaid(Exception):
    """An error as the driver raises it."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


def of_database(sqlstate: str, *, lost: bool = False) -> DBAPIError:
    return DBAPIError("SELECT 1", None, DatabaseSaid(sqlstate), connection_invalidated=lost)


@pytest.mark.parametrize(
    "error",
    [
        of_database(STARTING_UP),
        of_database(NOT_UNIQUE, lost=True),
        asyncpg.CannotConnectNowError(),
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.InternalClientError("cannot switch to state 12"),
        PoolTimeout("pool is exhausted"),
        ConnectionResetError(),
        InfrastructureDown("broker"),
    ],
)
def test_an_outage_is_nobodys_fault(error: Exception) -> None:
    assert is_outage(error)


@pytest.mark.parametrize(
    "error",
    [
        of_database(NOT_UNIQUE),
        asyncpg.UniqueViolationError(),
        asyncpg.DataError("no number"),
        Permanent("no"),
        ValueError("no"),
    ],
)
def test_other_errors_are_the_messages_own(error: Exception) -> None:
    assert not is_outage(error)
    assert not is_conflict(error)


@pytest.mark.parametrize("error", [of_database(DEADLOCK), asyncpg.DeadlockDetectedError()])
def test_a_deadlock_is_tried_again_at_once(error: Exception) -> None:
    assert is_conflict(error)


def test_rests_grow_and_end() -> None:
    for attempt, longest in enumerate(RETRY_AFTER, start=1):
        rested = rest(attempt)
        assert rested is not None
        assert longest / 2 <= rested <= longest
    assert rest(len(RETRY_AFTER) + 1) is None
