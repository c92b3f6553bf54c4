"""The secret of a link by which an order is handed to its customer.

It is signed, so that it need not be kept: it names the link and when it ends, and the link's row
decides whether it still works. What a link's page holds for its own next request is signed as well.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from orders.domain.errors import NoSuchPart
from orders.domain.hand_overs import Kind, Link

_ALGORITHM = "HS256"
_SEALED = "sealed"
"""Stands in the place of the kind of a link."""
_LONGEST = 1000
"""Characters; what is longer was not signed here."""


@dataclass(frozen=True, slots=True)
class LinkSigner:
    """Signs links and reads them back.

    Attributes:
        public_url: Where customers reach this system, without a slash at the end.
    """

    key: OctKey
    public_url: str

    @classmethod
    def of(cls, secret: str, public_url: str) -> "LinkSigner":
        """Make one from a secret of at least 32 characters."""
        return cls(OctKey.import_key(secret), public_url)

    def token(self, link: Link) -> str:
        """Give the secret of a link; it fits the path of an address."""
        until = int(link.expires_at.timestamp())
        return self._signed({"sub": str(link.link_id), "aud": link.kind.value, "exp": until})

    def page(self, link: Link) -> str:
        """Give the address of a link's page here."""
        return f"{self.public_url}/checkout/{self.token(link)}"

    def link_id(self, token: str, kind: Kind) -> UUID:
        """Give the link that a secret is of; whether it has expired the link's row tells.

        Raises:
            NoSuchPart: It was not signed here, or not for this.
        """
        claims = self._claims(token)
        if claims is None or claims["aud"] != kind.value:
            raise NoSuchPart("link")
        return UUID(claims["sub"])

    def sealed(self, link_id: UUID, said: Mapping[str, str]) -> str:
        """Give what ``opened`` reads, for the page of this link alone; anybody can read it."""
        return self._signed({**said, "sub": str(link_id), "aud": _SEALED})

    def opened(self, link_id: UUID, sealed: str) -> Mapping[str, str] | None:
        """Give what was sealed; none: it was not sealed here, or for another link's page."""
        claims = self._claims(sealed)
        mine = {"sub": str(link_id), "aud": _SEALED}
        return claims if claims is not None and mine.items() <= claims.items() else None

    def _signed(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": _ALGORITHM}, claims, self.key, algorithms=[_ALGORITHM])

    def _claims(self, token: str) -> dict[str, Any] | None:
        """Give what was signed; none: not here."""
        if len(token) > _LONGEST:
            return None
        try:
            return jwt.decode(token, self.key, algorithms=[_ALGORITHM]).claims
        except (JoseError, ValueError, KeyError, TypeError, RecursionError):
            return None
