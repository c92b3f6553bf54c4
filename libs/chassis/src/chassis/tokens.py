"""Verifies access tokens: signature, issuer, audience, expiry, and the algorithms we allow."""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, Self, TypeGuard, cast
from uuid import UUID

import httpx2
import structlog
from contracts.values import SiteId, StaffId
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet

from chassis.problem import Problem
from chassis.scope import AUDIENCE, Scope
from chassis.settings import ServiceSettings

ALGORITHMS = ("EdDSA", "Ed25519", "ES256")
"""What a token may be signed with; a shared secret or ``none`` is never accepted."""
REFETCH_AFTER = 30.0
"""Seconds between two fetches of the issuer's keys, whatever tokens are shown."""
RETRY_AFTER = 2.0
"""Seconds after which a fetch that failed is tried again, when a token needs it."""
_KEEP_FOR = 60.0
"""Seconds a verified token is remembered, so that a withdrawn key is noticed."""
_KEEP_AT_MOST = 2000
_LEEWAY = 10
"""Seconds by which clocks may differ."""

_log = structlog.get_logger("chassis.tokens")


class Keys(Protocol):
    """Where an issuer's public keys come from."""

    async def key(self, kid: str | None) -> Key | None:
        """Give the key of this id; none when the issuer has no such key."""
        ...


def _find(keys: KeySet, kid: str | None) -> Key | None:
    if kid is None:
        return keys.keys[0] if len(keys.keys) == 1 else None
    return next((key for key in keys if key.kid == kid), None)


@dataclass(frozen=True, slots=True)
class StaticKeys:
    """Keys that are known from the start."""

    keys: KeySet

    async def key(self, kid: str | None) -> Key | None:
        """Give the key of this id."""
        return _find(self.keys, kid)


class FileKeys(StaticKeys):
    """Keys in a JWKS file."""

    def __init__(self, path: Path) -> None:
        super().__init__(KeySet.import_key_set(json.loads(path.read_bytes())))


@dataclass(slots=True)
class RemoteKeys:
    """Keys that the issuer publishes; fetched when first needed and when an unknown id is shown."""

    url: str
    _keys: KeySet | None = None
    _next_fetch: float = 0.0
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def key(self, kid: str | None) -> Key | None:
        """Give the key of this id.

        Raises:
            Problem: 503, when no keys could ever be fetched.
        """
        if self._keys is not None and (found := _find(self._keys, kid)) is not None:
            return found
        async with self._lock:
            if time.monotonic() >= self._next_fetch:
                await self._fetch()
        if self._keys is None:
            detail = "the token issuer's keys cannot be fetched"
            raise Problem(503, "ISSUER_UNAVAILABLE", detail, headers={"Retry-After": "2"})
        return _find(self._keys, kid)

    async def _fetch(self) -> None:
        self._next_fetch = time.monotonic() + RETRY_AFTER
        try:
            async with httpx2.AsyncClient(timeout=5) as client:
                answer = (await client.get(self.url)).raise_for_status()
            self._keys = KeySet.import_key_set(answer.json())
        except (httpx2.HTTPError, JoseError, ValueError, KeyError, TypeError) as error:
            _log.warning("issuer's keys not fetched", url=self.url, error=repr(error))
        else:
            self._next_fetch = time.monotonic() + REFETCH_AFTER


def _refuse(code: str, detail: str) -> Problem:
    error = "" if code == "TOKEN_MISSING" else ', error="invalid_token"'
    return Problem(
        401, code, detail, headers={"WWW-Authenticate": f'Bearer realm="{AUDIENCE}"{error}'}
    )


@dataclass(slots=True)
class Tokens:
    """Turns tokens of one issuer into scopes."""

    issuer: str
    keys: Keys
    audience: str = AUDIENCE
    _known: dict[str, tuple[Scope, float, float]] = field(
        default_factory=dict[str, tuple[Scope, float, float]]
    )

    @classmethod
    def of(cls, settings: ServiceSettings) -> Self:
        """Take issuer and keys from the settings.

        Raises:
            ValueError: Neither ``jwks_url`` nor ``jwks_file`` is set.
        """
        if settings.jwks_file is not None:
            return cls(settings.issuer, FileKeys(settings.jwks_file))
        if settings.jwks_url is not None:
            return cls(settings.issuer, RemoteKeys(settings.jwks_url))
        raise ValueError("jwks_url or jwks_file is needed to verify tokens")

    async def scope_of(self, token: str | None) -> Scope:
        """Verify a token.

        Raises:
            Problem: 401 ``TOKEN_MISSING``, ``TOKEN_EXPIRED`` or ``TOKEN_INVALID``.
        """
        if not token:
            raise _refuse("TOKEN_MISSING", "send an access token: 'Authorization: Bearer ...'")
        if (known := self._known.get(token)) is not None:
            scope, expires, forget = known
            now = time.time()
            if now < forget and now < expires:
                return scope
            del self._known[token]
        claims = await self._verified(token)
        scope = _scope(claims)
        if len(self._known) >= _KEEP_AT_MOST:
            self._known.clear()
        self._known[token] = (scope, float(claims["exp"]) + _LEEWAY, time.time() + _KEEP_FOR)
        return scope

    async def _verified(self, token: str) -> dict[str, Any]:
        try:
            header = jws.extract_compact(token.encode()).headers()
            kid = header.get("kid")
            key = await self.keys.key(kid if isinstance(kid, str) else None)
            if key is None:
                raise _refuse("TOKEN_INVALID", "the token is not signed by the expected issuer")
            claims = jwt.decode(token, key, algorithms=ALGORITHMS).claims
        except (JoseError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise _refuse(
                "TOKEN_INVALID", "the token is malformed or its signature wrong"
            ) from error
        return self._checked(claims)

    def _checked(self, claims: dict[str, Any]) -> dict[str, Any]:
        audience: object = claims.get("aud")
        named = cast("list[object]", audience) if isinstance(audience, list) else [audience]
        if claims.get("iss") != self.issuer:
            raise _refuse("TOKEN_INVALID", "the token is of another issuer")
        if self.audience not in named:
            raise _refuse("TOKEN_INVALID", "the token is for another audience")
        expires, begins = claims.get("exp"), claims.get("nbf", 0)
        if not _is_time(expires) or not _is_time(begins):
            raise _refuse("TOKEN_INVALID", "the token has no readable times")
        now = time.time()
        if expires + _LEEWAY <= now:
            raise _refuse("TOKEN_EXPIRED", "the token has expired")
        if begins - _LEEWAY > now:
            raise _refuse("TOKEN_INVALID", "the token is not valid yet")
        return claims


def _is_time(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 2**53


def _scope(claims: Mapping[str, Any]) -> Scope:
    staff, sites = claims.get("sub"), claims.get("sites", [])
    permissions: object = claims.get("permissions", [])
    try:
        if not isinstance(staff, str) or not staff or not isinstance(permissions, list):
            raise TypeError  # noqa: TRY301 - one sentence for all that cannot be read
        reach = None if sites == "*" else frozenset(SiteId(UUID(site)) for site in sites)
        allowed = frozenset(str(one) for one in cast("list[object]", permissions))
    except (TypeError, ValueError, AttributeError) as error:
        detail = "the token's claims sub, permissions or sites cannot be read"
        raise _refuse("TOKEN_INVALID", detail) from error
    return Scope(StaffId(staff), allowed, reach)
