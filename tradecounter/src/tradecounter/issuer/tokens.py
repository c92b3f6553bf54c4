"""Access tokens for the demo staff."""

import time
from datetime import timedelta

from chassis.scope import AUDIENCE
from joserfc import jwt

from tradecounter.issuer.keys import SigningKey
from tradecounter.issuer.staff import Staff

ISSUER = "tradecounter"
VALID_FOR = timedelta(hours=12)


def token_for(staff: Staff, key: SigningKey, *, valid_for: timedelta = VALID_FOR) -> str:
    """Sign a token for a member of staff; valid from now on."""
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": staff.name,
        "permissions": list(staff.permissions),
        "sites": "*" if staff.sites is None else [str(site) for site in staff.sites],
        "iat": now,
        "exp": now + int(valid_for.total_seconds()),
    }
    return jwt.encode({"alg": "ES256", "kid": key.key.kid}, claims, key.key)
