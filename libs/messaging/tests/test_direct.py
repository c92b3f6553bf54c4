"""Statements that go straight to the driver run in the session's transaction, and leave nothing."""

import gc
from collections.abc import Iterator, Mapping
from weakref import ref

import pytest
from messaging.direct import Direct, joined
from sqlalchemy import literal, select

from libs.messaging.tests.shop import Sessions

_ONE = Direct(select(literal(1).label("one")))


@pytest.fixture
def no_search_for_cycles() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


async def test_each_transaction_of_a_session_is_joined(databases: Mapping[str, Sessions]) -> None:
    async with databases["orders"]() as session:
        for _ in range(2):
            first = await joined(session)
            assert first.is_in_transaction()
            assert await joined(session) is first
            await session.commit()
            assert not first.is_in_transaction()


@pytest.mark.usefixtures("no_search_for_cycles")
async def test_a_session_that_was_joined_is_gone_when_it_ends(
    databases: Mapping[str, Sessions],
) -> None:
    """Forty objects a request would wait for a search that stops all others meanwhile."""
    async with databases["orders"].begin() as session:
        assert [row.one for row in await _ONE.rows(session)] == [1]
        inner = ref(session.sync_session)
    del session
    assert inner() is None
