"""Access tokens, signed and verified as tests need them."""

import time
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from chassis.scope import AUDIENCE
from chassis.tokens import StaticKeys, Tokens
from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey

_KEY = OKPKey.generate_key("Ed25519", {"kid": "test"})


def a_token(sites: Iterable[UUID] | None, permissions: Iterable[str], staff: str = "clerk") -> str:
    """Sign a token that is good for ten minutes; no sites stand for all of them."""
    claims: dict[str, Any] = {
        "iss": "tradecounter",
        "aud": AUDIENCE,
        "sub": staff,
        "exp": int(time.time()) + 600,
        "permissions": list(permissions),
        "sites": "*" if sites is None else [str(site) for site in sites],
    }
    return jwt.encode({"alg": "Ed25519", "kid": "test"}, claims, _KEY, algorithms=["Ed25519"])


def verifying(issuer: str) -> Tokens:
    """Give what takes those tokens, and no others."""
    return Tokens(issuer, StaticKeys(KeySet([_KEY])))
