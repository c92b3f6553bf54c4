"""Helpers that any test may import: ``from tests.support import eventually``."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar, cast

T = TypeVar("T")

_PAUSE = 0.02


async def eventually(
    check: Callable[[], Awaitable[T] | T],
    timeout: float = 10,  # noqa: ASYNC109 - the last failure is told, a bare TimeoutError tells none
) -> T:
    """Try a check again and again until it holds, and give what it gave.

    Args:
        check: A function, plain or async. It holds when it gives something true; it does not hold
            yet when it gives something false or raises ``AssertionError``. One that ends in an
            ``assert`` must therefore ``return True`` after it.
        timeout: Seconds until the test fails with the last failure of the check.
    """
    until = time.monotonic() + timeout
    while True:
        try:
            result = await _value(check())
        except AssertionError:
            if time.monotonic() > until:
                raise
        else:
            if result:
                return result
            if time.monotonic() > until:
                raise AssertionError(f"after {timeout} s the check still gives {result!r}")
        await asyncio.sleep(_PAUSE)


async def _value(found: Awaitable[T] | T) -> T:
    if isinstance(found, Awaitable):
        return await cast("Awaitable[T]", found)
    return found
