"""The issuer's signing key, kept in a file that only its owner may read."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc.jwk import ECKey, KeySet

FILE = "issuer-key.json"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key (ES256) and what others need to check it."""

    key: ECKey

    @property
    def public(self) -> KeySet:
        """Give the public keys, as the services verify with them."""
        return KeySet([ECKey.import_key(self.key.as_dict(private=False))])

    def jwks(self) -> dict[str, Any]:
        """Give the public keys as the JSON document that an issuer publishes."""
        return {"keys": [self.key.as_dict(private=False)]}


def signing_key(directory: Path) -> SigningKey:
    """Give the directory's key; made at the first call.

    Two processes that make it at the same time end with the same key: only one can create the file.
    """
    path = directory / FILE
    if not path.exists():
        _make(path)
    return SigningKey(ECKey.import_key(json.loads(path.read_text())))


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, private=True, auto_kid=True)
    draft = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(key.as_dict(private=True), file)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
