"""What tests of services and transports share."""

import asyncio
import time
from collections.abc import Awaitable, Callable

_POLL = 0.02
"""Seconds between two looks."""


async def eventually(
    holds: Callable[[], Awaitable[bool]], *, within: float = 20.0, what: str = "it"
) -> None:
    """Wait until something holds; for tests, instead of a sleep that is too short or too long.

    Raises:
        AssertionError: It does not hold after ``within`` seconds.
    """
    until = time.monotonic() + within
    while not await holds():
        assert time.monotonic() < until, f"{what} did not happen within {within} seconds"
        await asyncio.sleep(_POLL)
