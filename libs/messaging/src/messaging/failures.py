"""Which errors are the message's own, and which are everybody's.

MessagingError
    Permanent       the message can never be handled: parked at once
        Misfit      it does not fit its schema
    InfrastructureDown  nothing can be handled just now: the message stays where it is
"""

import random
from datetime import timedelta

import asyncpg  # pyright: ignore[reportMissingTypeStubs]
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

RETRY_AFTER = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 2 * 60, 10 * 60, 60 * 60))
"""How long a failed message rests before each further attempt; after the last one it is parked."""

IN_PROCESS_TRIES = 3
_CONFLICTS = {"40001", "40P01", "55P03"}  # serialization failure, deadlock, lock not available
_DOWN = {"57P01", "57P02", "57P03", "53300", "08000", "08003", "08006", "08001", "08004"}
# asyncpg's: the connection is closed, or the server has just said that it closes it.
_UNREACHABLE = (asyncpg.InterfaceError, asyncpg.InternalClientError, PoolTimeout, OSError)


class MessagingError(Exception):
    """Base of what this library raises."""


class Permanent(MessagingError):
    """The message can never be handled, however often it is tried."""


class Misfit(Permanent):
    """A message that does not fit its schema; what it held is not repeated (it may be secret)."""

    def __init__(self, kind: str, error: ValidationError) -> None:
        super().__init__(f"{kind} does not fit its schema: {wrong_fields(error)}")


class InfrastructureDown(MessagingError):
    """The database or broker cannot be reached; no message is to blame."""


def wrong_fields(error: ValidationError) -> str:
    """Name the wrong fields and the reasons, without what was in them."""
    wrong = error.errors(include_input=False, include_url=False, include_context=False)
    return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in wrong)


def sqlstate(error: BaseException) -> str | None:
    """Give PostgreSQL's five-letter code of a database error, SQLAlchemy's or asyncpg's own."""
    return getattr(getattr(error, "orig", error), "sqlstate", None)


def is_conflict(error: BaseException) -> bool:
    """Tell whether the same transaction, run again at once, may well succeed."""
    return sqlstate(error) in _CONFLICTS


def is_outage(error: BaseException) -> bool:
    """Tell whether database or broker cannot be reached; asyncpg lets some ``OSError`` through."""
    if isinstance(error, DBAPIError):
        return (
            error.connection_invalidated
            or sqlstate(error) in _DOWN
            or (isinstance(error, InterfaceError | OperationalError) and sqlstate(error) is None)
        )
    return sqlstate(error) in _DOWN or isinstance(error, (*_UNREACHABLE, InfrastructureDown))


def rest(attempt: int) -> timedelta | None:
    """Give the delay before attempt ``attempt`` (from 1), with full jitter; none: give up."""
    if attempt > len(RETRY_AFTER):
        return None
    return RETRY_AFTER[attempt - 1] * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, no secret
