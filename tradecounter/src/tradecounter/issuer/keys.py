"""The keys of the embedded system, kept in files that only their owner may read."""

import base64
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc.jwk import ECKey, KeySet

FILE = "issuer-key.json"
LINK_FILE = "link-key"
SEAL_FILE = "seal-keys"


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
    """Give the directory's key; made at the first call."""
    path = directory / FILE
    if not path.exists():
        key = ECKey.generate_key(
            "P-256", {"use": "sig", "alg": "ES256"}, private=True, auto_kid=True
        )
        _keep(path, json.dumps(key.as_dict(private=True)))
    return SigningKey(ECKey.import_key(json.loads(path.read_text())))


def link_key(directory: Path) -> str:
    """Give what signs the directory's links to orders; made at the first call."""
    path = directory / LINK_FILE
    if not path.exists():
        _keep(path, secrets.token_urlsafe(32))
    return path.read_text()


def seal_keys(directory: Path) -> str:
    """Give what seals the secrets of webhooks; made at the first call, one more line a key."""
    path = directory / SEAL_FILE
    if not path.exists():
        _keep(path, base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())
    return ",".join(path.read_text().split())


def _keep(path: Path, text: str) -> None:
    """Make a file; of two processes that do so at the same time only one can, and both read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
