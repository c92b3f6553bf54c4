"""The notes service, ready to be asked."""

import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio
from chassis.migrations import upgrade
from chassis.scope import AUDIENCE
from chassis.service import Runtime, build_api, open_runtime
from chassis.settings import ServiceSettings
from chassis.tokens import StaticKeys, Tokens
from joserfc import jwt
from joserfc.jwk import Key, KeySet, OKPKey
from messaging.embedded import EmbeddedHub, EmbeddedTransport
from messaging.topology import queues_of

from libs.chassis.tests.shop import SERVICE, happened, subscriptions
from tests.servers import NewDatabase, finish

ISSUER = "https://issuer.test"
KEY = OKPKey.generate_key("Ed25519", {"kid": "first"})
NOWHERE = "postgresql://nobody@127.0.0.1:9/nowhere"


def sign(key: Key = KEY, algorithm: str = "Ed25519", **claims: object) -> str:
    """Make a token; claims given as ``None`` are left out."""
    said = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "anna",
        "exp": int(time.time()) + 600,
        "permissions": ["notes.write"],
        "sites": "*",
    } | claims
    kept = {name: value for name, value in said.items() if value is not None}
    header = {"alg": algorithm, "kid": key.kid}
    return jwt.encode(header, kept, key, algorithms=[algorithm])


def keys() -> KeySet:
    return KeySet([OKPKey.import_key(KEY.as_dict(private=False))])


@pytest.fixture(autouse=True)
def nothing_happened() -> None:
    happened.clear()


@pytest.fixture(scope="session")
def template(new_session_database: NewDatabase) -> str:
    """A migrated database to copy."""
    url = new_session_database()
    finish(lambda: upgrade(SERVICE.migrations, url))
    return url


@pytest.fixture
def notes_database(new_database: NewDatabase, template: str) -> str:
    return new_database(template)


@asynccontextmanager
async def opened(url: str, body_limit: int = 1024 * 1024) -> AsyncGenerator[Runtime]:
    known = ServiceSettings(database_url=url, issuer=ISSUER, body_limit=body_limit)
    transport = EmbeddedTransport(EmbeddedHub(queues_of(subscriptions(), sagas=False)), "notes")
    async with transport, open_runtime(SERVICE, known, transport) as runtime:
        yield runtime


@pytest_asyncio.fixture
async def runtime(notes_database: str) -> AsyncIterator[Runtime]:
    async with opened(notes_database) as runtime:
        yield runtime


@pytest_asyncio.fixture
async def detached() -> AsyncIterator[Runtime]:
    """A runtime without a database: for requests that never get that far, or find none."""
    async with opened(NOWHERE, body_limit=2000) as runtime:
        yield runtime


def client_of(runtime: Runtime, token: str | None = None) -> httpx2.AsyncClient:
    app = build_api(SERVICE, runtime, Tokens(ISSUER, StaticKeys(keys())))
    return httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app),
        base_url="http://notes",
        headers={"Authorization": f"Bearer {token or sign()}"},
    )


@pytest_asyncio.fixture
async def client(runtime: Runtime) -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(runtime) as client:
        yield client


@pytest_asyncio.fixture
async def edge(detached: Runtime) -> AsyncIterator[httpx2.AsyncClient]:
    """Client of an API whose database cannot be reached."""
    async with client_of(detached) as client:
        yield client


@pytest.fixture
def migrations_copy(tmp_path: Path) -> Path:
    """The notes service's migrations, to be added to."""
    copy = tmp_path / "migrations"
    (copy / "versions").mkdir(parents=True)
    for source in [SERVICE.migrations / "env.py", *SERVICE.migrations.glob("versions/*.py")]:
        (copy / source.relative_to(SERVICE.migrations)).write_text(source.read_text())
    mako = Path(__file__).parents[1] / "src" / "chassis" / "script.py.mako"
    (copy / "script.py.mako").write_text(mako.read_text())
    return copy
