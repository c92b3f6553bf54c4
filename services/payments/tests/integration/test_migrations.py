import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from chassis.database import create_engine, sessions
from chassis.migrations import check, upgrade
from contracts.gift_cards import code_digest
from messaging.delivery import Delivery
from messaging.parking import park
from payments.main import MIGRATIONS
from payments.storage.tables import messaging
from sqlalchemy import text

TYPE = "payments.authorise-payment.v1"


async def test_the_migrations_lead_to_the_tables(new_database: Callable[[], str]) -> None:
    url = new_database()

    await upgrade(MIGRATIONS, url)
    await upgrade(MIGRATIONS, url)

    await check(MIGRATIONS, url)


async def test_parked_messages_keep_no_code_of_a_gift_card(payments_database: str) -> None:
    """PA-3: those of earlier releases; what cannot be read, and other messages, stay."""
    gift = {"method": "gift-card", "token": "bcdf-ghjk-lmnp-qrst"}
    digested = {"method": "gift-card", "code_digest": code_digest("BCDFGHJKLMNPQRST")}
    card, bare = {"method": "card", "token": "tok_ok"}, {"method": "gift-card", "token": None}
    datas: list[object] = [gift, digested, card, bare, {}, 7]
    parked: list[tuple[str, object]] = [(TYPE, {"id": "1", "data": data}) for data in datas]
    parked += [(TYPE, None), ("x", {"data": gift})]
    bodies = [(kind, json.dumps(body).encode()) for kind, body in parked] + [(TYPE, b"\xff{")]
    engine = create_engine(payments_database)
    async with sessions(engine).begin() as session:
        for kind, body in bodies:
            delivery = Delivery("payments.commands", body, uuid4(), kind)
            await park(session, messaging.parked, delivery, ValueError("no"))
        await session.execute(text("UPDATE alembic_version SET version_num = '0010'"))

    await upgrade(MIGRATIONS, payments_database)

    async with sessions(engine)() as session:
        rows = await session.execute(text("SELECT type, body FROM parked_message"))
        found = sorted((kind, _read(body)) for kind, body in rows)
    await engine.dispose()
    parked[0] = (TYPE, {"id": "1", "data": digested})
    expected = [(kind, str(body)) for kind, body in parked]
    assert found == sorted([*expected, (TYPE, str(b"\xff{"))])


def _read(body: bytes) -> str:
    try:
        read: Any = json.loads(body)
    except ValueError:
        read = body
    return str(read)
