"""The database of this service has no secret that could sign (EV-3)."""

import base64
from itertools import pairwise

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from subscribers.gateways.seal import Seal
from subscribers.gateways.sealing import seal_all
from subscribers.storage.tables import metadata

from services.subscribers.tests.api import SEAL, SEAL_KEY, Api
from services.subscribers.tests.driving import SUBMITTED, Subscribers, log
from services.subscribers.tests.receiver import Receiver

PART = 8
"""Characters of a secret that must not stand anywhere: 48 of its 256 bits."""


async def rows_with_a_part_of(
    secret: str, sessions: async_sessionmaker[AsyncSession]
) -> dict[str, int]:
    """Count the rows, by table, in which a part of the secret stands, plain or as bytes."""
    body = secret.removeprefix("whsec_")
    raw = base64.b64decode(body)
    parts = [body[at : at + PART] for at in range(len(body) - PART + 1)]
    parts += [part.encode().hex() for part in parts]
    parts += [raw[at:to].hex() for at, to in pairwise(range(0, len(raw) + 1, 4))]
    found: dict[str, int] = {}
    async with sessions() as session:
        for table in metadata.sorted_tables:
            query = text(
                f'SELECT count(*) FROM "{table.name}" AS one'  # noqa: S608 - our own names
                " WHERE EXISTS (SELECT FROM unnest(CAST(:parts AS text[])) AS part"
                " WHERE position(part IN one::text) > 0)"
            )
            count: int = (await session.execute(query, {"parts": parts})).scalar_one()
            if count:
                found[table.name] = count
    return found


async def test_no_part_of_a_secret_is_in_the_database(
    api: Api, subscribers: Subscribers, receiver: Receiver
) -> None:
    """EV-3: after registering, repeating, rotating and sending."""
    body = {"name": "one", "url": receiver.url, "types": ["#"]}
    made = [await api.call("POST", "/endpoints", json=body, Idempotency_Key="k") for _ in range(2)]
    endpoint, again = (one.json() for one in made)
    assert made[1].headers["Idempotent-Replayed"] == "true"
    assert again == endpoint | {"secret": None}
    path = f"/endpoints/{endpoint['id']}/secrets"
    rotated = [await api.call("POST", path, json={}, Idempotency_Key="r") for _ in range(2)]
    assert rotated[1].json() == rotated[0].json() | {"secret": None}
    await subscribers.happen(SUBMITTED)
    await subscribers.work()
    assert [one["state"] for one in await log(api, endpoint)] == ["delivered"]

    secrets = [endpoint["secret"], rotated[0].json()["secret"]]
    for secret in secrets:
        assert await rows_with_a_part_of(secret, subscribers.sessions) == {}
    await subscribers.run("UPDATE endpoint SET name = :part", part=f"x{secrets[0][20:28]}x")
    found = await rows_with_a_part_of(secrets[0], subscribers.sessions)
    assert found == {"endpoint": 1}, "the scan finds what is there"


async def test_what_is_sealed_otherwise_is_sealed_anew_at_the_start(
    api: Api, subscribers: Subscribers, receiver: Receiver
) -> None:
    """EV-3: secrets of before, and those of a key that is to go; what no key opens stays."""
    endpoint = await api.endpoint(receiver.url)
    await subscribers.run("UPDATE endpoint_secret SET secret = :plain", plain=endpoint["secret"])
    await seal_all(subscribers.sessions, SEAL)
    assert await rows_with_a_part_of(endpoint["secret"], subscribers.sessions) == {}
    await subscribers.happen(SUBMITTED)
    await subscribers.work()

    new = base64.urlsafe_b64encode(bytes([7]) * 32).decode()
    await seal_all(subscribers.sessions, Seal.of([new, SEAL_KEY]))
    [[sealed]] = await subscribers.run("SELECT secret FROM endpoint_secret")
    assert Seal.of([new]).open(sealed) == endpoint["secret"]
    await seal_all(subscribers.sessions, SEAL)
    [[stays]] = await subscribers.run("SELECT secret FROM endpoint_secret")
    assert stays == sealed


async def test_a_secret_that_no_key_opens_is_a_failed_attempt(
    api: Api, subscribers: Subscribers, receiver: Receiver
) -> None:
    """EV-3: nothing is sent unsigned, and the log says why."""
    endpoint = await api.endpoint(receiver.url)
    other = Seal.of([base64.urlsafe_b64encode(bytes([9]) * 32).decode()])
    await subscribers.run(
        "UPDATE endpoint_secret SET secret = :other", other=other.close(endpoint["secret"])
    )
    await subscribers.happen(SUBMITTED)
    await subscribers.work()
    tested = await api.post(f"/endpoints/{endpoint['id']}/test-event")
    assert receiver.got == []
    assert "its secret was sealed with a key that is not set" in str(tested)
