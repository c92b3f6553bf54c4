"""Tokens: only those of our issuer, for us, in time and signed as we allow become a scope."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx2
import pytest
import pytest_asyncio
from chassis import tokens
from chassis.problems import Problem
from chassis.scope import Scope
from chassis.serving import listen, serving
from chassis.settings import ServiceSettings
from chassis.tokens import RemoteKeys, StaticKeys, Tokens
from contracts.values import SiteId, StaffId
from joserfc.jwk import ECKey, KeySet, OctKey, OKPKey
from starlette.responses import JSONResponse
from starlette.types import Receive, Send
from starlette.types import Scope as AsgiScope

from libs.chassis.tests.conftest import ISSUER, KEY, keys, sign

OTHER = OKPKey.generate_key("Ed25519", {"kid": "second"})


class Later:
    """The clock, some seconds from now."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def time(self) -> float:
        return time.time() + self._seconds

    def monotonic(self) -> float:
        return time.monotonic() + self._seconds


@pytest.fixture
def verify() -> Tokens:
    return Tokens(ISSUER, StaticKeys(keys()))


async def refusal(verify: Tokens, token: str | None) -> Problem:
    with pytest.raises(Problem) as raised:
        await verify.scope_of(token)
    assert raised.value.status == 401
    assert raised.value.headers is not None
    assert raised.value.headers["WWW-Authenticate"].startswith("Bearer")
    return raised.value


async def test_a_token_becomes_a_scope(verify: Tokens) -> None:
    site = SiteId(uuid4())

    scope = await verify.scope_of(sign(sub="ben", sites=[str(site)], permissions=["orders.read"]))

    assert scope == Scope(StaffId("ben"), frozenset({"orders.read"}), frozenset({site}))
    assert scope.sees(site)
    assert not scope.sees(SiteId(uuid4()))
    assert scope.may("orders.read")
    assert not scope.may("orders.write")


async def test_a_star_stands_for_all_sites(verify: Tokens) -> None:
    scope = await verify.scope_of(sign(sites="*"))

    assert scope.sites is None
    assert scope.sees(SiteId(uuid4()))


async def test_no_sites_and_no_permissions_are_none_at_all(verify: Tokens) -> None:
    scope = await verify.scope_of(sign(sites=None, permissions=None))

    assert scope.sites == frozenset()
    assert scope.permissions == frozenset()


async def test_a_list_of_audiences_may_name_us(verify: Tokens) -> None:
    assert await verify.scope_of(sign(aud=["others", "tradecounter"]))


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "a.b.c",
        "é.é.é",
        sign(key=OTHER),
        sign(iss="https://other.test"),
        sign(iss=None),
        sign(aud="others"),
        sign(aud=None),
        sign(exp=None),
        sign(exp="soon"),
        sign(exp=True),
        sign(exp=10**400),
        sign(nbf=int(time.time()) + 600),
        sign(sub=None),
        sign(sub=7),
        sign(sites="all"),
        sign(sites=[1]),
        sign(sites=7),
        sign(permissions="orders.write"),
        sign()[:-6] + "AAAAAA",
    ],
)  # fmt: skip
async def test_a_foreign_or_malformed_token_is_invalid(verify: Tokens, token: str) -> None:
    assert (await refusal(verify, token)).code == "TOKEN_INVALID"


async def test_a_shared_secret_or_no_signature_is_never_accepted() -> None:
    secret = OctKey.import_key("a" * 64, {"kid": "first"})
    verify = Tokens(ISSUER, StaticKeys(KeySet([secret])))
    assert (await refusal(verify, sign(secret, "HS256"))).code == "TOKEN_INVALID"

    unsigned = "eyJhbGciOiJub25lIn0." + sign().split(".")[1] + "."
    assert (await refusal(verify, unsigned)).code == "TOKEN_INVALID"


async def test_es256_is_accepted() -> None:
    key = ECKey.generate_key("P-256", {"kid": "ec"})

    assert await Tokens(ISSUER, StaticKeys(KeySet([key]))).scope_of(sign(key, "ES256"))


async def test_an_expired_token_says_so(verify: Tokens) -> None:
    problem = await refusal(verify, sign(exp=int(time.time()) - 60))

    assert problem.code == "TOKEN_EXPIRED"
    assert 'error="invalid_token"' in (problem.headers or {})["WWW-Authenticate"]


async def test_a_token_known_from_before_expires_all_the_same(
    verify: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = sign(exp=int(time.time()) + 30)
    assert await verify.scope_of(token) is await verify.scope_of(token)

    monkeypatch.setattr(tokens, "time", Later(45))
    assert (await refusal(verify, token)).code == "TOKEN_EXPIRED"


async def test_no_token_is_missing(verify: Tokens) -> None:
    for nothing in (None, ""):
        assert (await refusal(verify, nothing)).code == "TOKEN_MISSING"


async def test_a_request_without_a_token_is_answered_with_401(edge: httpx2.AsyncClient) -> None:
    for headers in ({"Authorization": ""}, {"Authorization": "Basic YTpi"}):
        response = await edge.get("/notes", headers=headers)
        assert response.status_code == 401
        assert response.json()["code"] == "TOKEN_MISSING"
        assert response.headers["www-authenticate"] == 'Bearer realm="tradecounter"'


async def test_a_missing_permission_is_named(edge: httpx2.AsyncClient) -> None:
    headers = {"Authorization": f"Bearer {sign(permissions=[])}"}

    response = await edge.post("/notes/refusing", headers=headers)

    assert response.status_code == 403
    assert response.json()["code"] == "PERMISSION_DENIED"
    assert response.json()["permission"] == "notes.write"


class Issuer:
    """Publishes keys over HTTP, and counts how often it was asked."""

    def __init__(self, listening: socket.socket) -> None:
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}/jwks"
        self.keys = keys()
        self.asked = 0
        self.broken = False

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        self.asked += 1
        answer = JSONResponse("gone", 500) if self.broken else JSONResponse(self.keys.as_dict())
        await answer(scope, receive, send)


@pytest_asyncio.fixture
async def issuer() -> AsyncIterator[Issuer]:
    listening = listen("127.0.0.1", 0)
    issuer = Issuer(listening)
    async with serving(issuer, listening, grace=1):
        yield issuer


async def test_published_keys_are_fetched_once(issuer: Issuer) -> None:
    verify = Tokens(ISSUER, RemoteKeys(issuer.url))

    async with asyncio.TaskGroup() as tasks:
        for n in range(5):
            tasks.create_task(verify.scope_of(sign(sub=f"staff {n}")))

    assert issuer.asked == 1


async def test_an_unknown_key_is_looked_up_again_but_not_at_will(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify = Tokens(ISSUER, RemoteKeys(issuer.url))
    await verify.scope_of(sign())
    issuer.keys = KeySet([KEY, OTHER])

    assert (await refusal(verify, sign(OTHER))).code == "TOKEN_INVALID"
    assert issuer.asked == 1

    monkeypatch.setattr(tokens, "time", Later(tokens.REFETCH_AFTER))
    assert await verify.scope_of(sign(OTHER))
    assert issuer.asked == 2


async def test_an_issuer_that_is_away_is_no_reason_to_refuse_known_keys(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify = Tokens(ISSUER, RemoteKeys(issuer.url))
    issuer.broken = True
    with pytest.raises(Problem) as raised:
        await verify.scope_of(sign())
    assert (raised.value.status, raised.value.code) == (503, "ISSUER_UNAVAILABLE")

    issuer.broken = False
    monkeypatch.setattr(tokens, "time", Later(tokens.RETRY_AFTER))
    assert await verify.scope_of(sign())

    issuer.broken = True
    monkeypatch.setattr(tokens, "time", Later(tokens.RETRY_AFTER + tokens.REFETCH_AFTER))
    await refusal(verify, sign(OTHER))
    assert await verify.scope_of(sign(sub="somebody else"))


def test_tokens_need_keys_from_somewhere() -> None:
    settings = ServiceSettings(database_url="postgresql://x/y")

    with pytest.raises(ValueError, match="jwks_url or jwks_file"):
        Tokens.of(settings)
