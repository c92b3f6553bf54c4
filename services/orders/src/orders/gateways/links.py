"""The secret of a link by which an order is handed to its customer.

It is signed, so that it need not be kept: it names the link and when it ends, and the link's row
decides whether it still works.
"""

from dataclasses import dataclass
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from orders.domain.errors import NoSuchPart
from orders.domain.hand_overs import Kind, Link

_ALGORITHM = "HS256"
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
        claims = {
            "sub": str(link.link_id),
            "aud": link.kind.value,
            "exp": int(link.expires_at.timestamp()),
        }
        return jwt.encode({"alg": _ALGORITHM}, claims, self.key, algorithms=[_ALGORITHM])

    def page(self, link: Link) -> str:
        """Give the address of a link's page here."""
        return f"{self.public_url}/checkout/{self.token(link)}"

    def link_id(self, token: str, kind: Kind) -> UUID:
        """Give the link that a secret is of; whether it has expired the link's row tells.

        Raises:
            NoSuchPart: It was not signed here, or not for this.
        """
        if len(token) > _LONGEST:
            raise NoSuchPart("link")
        try:
            claims = jwt.decode(token, self.key, algorithms=[_ALGORITHM]).claims
        except (JoseError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise NoSuchPart("link") from error
        if claims["aud"] != kind.value:
            raise NoSuchPart("link")
        return UUID(claims["sub"])
