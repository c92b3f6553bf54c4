"""What has been received is remembered for long enough, and then forgotten in small batches."""

from collections.abc import Mapping
from uuid import uuid4

from messaging.inbox import KEPT_FOR, Inbox, forget_old
from sqlalchemy import func, insert, select

from libs.messaging.tests.shop import Sessions, tables


async def test_a_message_is_new_once(databases: Mapping[str, Sessions]) -> None:
    inbox, first, second = Inbox(tables.inbox, "a.queue"), uuid4(), uuid4()
    async with databases["catalog"].begin() as session:
        assert await inbox.record(session, [first]) == {first}
        assert await inbox.record(session, [second, first]) == {second}
        assert await Inbox(tables.inbox, "another").record(session, [first]) == {first}


async def test_a_kept_reply_is_given_again(databases: Mapping[str, Sessions]) -> None:
    inbox, asked, silent = Inbox(tables.inbox, "a.queue"), uuid4(), uuid4()
    kept = {"to": "orders.saga", "envelope": {"n": 1, "text": "\u20ac"}}
    async with databases["catalog"].begin() as session:
        await inbox.record(session, [asked, silent])
        await inbox.keep_replies(session, {asked: kept})

        assert await inbox.replies(session, [asked, silent]) == [kept]


async def test_only_what_is_old_is_forgotten(databases: Mapping[str, Sessions]) -> None:
    old, new = [uuid4() for _ in range(5)], uuid4()
    async with databases["catalog"].begin() as session:
        await session.execute(
            insert(tables.inbox).values(
                [
                    {"consumer": "a", "message_id": id_, "processed_at": func.now() - KEPT_FOR * 2}
                    for id_ in old
                ]
            )
        )
        await Inbox(tables.inbox, "a").record(session, [new])

        assert await forget_old(session, tables.inbox, at_most=3) == 3
        assert await forget_old(session, tables.inbox, at_most=3) == 2
        assert list(await session.scalars(select(tables.inbox.c.message_id))) == [new]
