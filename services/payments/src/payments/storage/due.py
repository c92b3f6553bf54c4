"""Wakes the caller of this process as soon as a transaction has left it something to do.

What other processes commit it finds by itself, at its next look.
"""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

_listening: set[asyncio.Event] = set()


@contextmanager
def woken(wake: asyncio.Event) -> Generator[None]:
    """Have the event set after each commit that makes a payment due, until left."""
    _listening.add(wake)
    try:
        yield
    finally:
        _listening.discard(wake)


def wake_after_commit(session: AsyncSession) -> None:
    """Wake who listens once this transaction is committed."""
    if not event.contains(session.sync_session, "after_commit", _wake):
        event.listen(session.sync_session, "after_commit", _wake)


def _wake(_session: Session) -> None:
    for wake in _listening:
        wake.set()
