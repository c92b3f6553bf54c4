"""Where webhooks may be sent: public addresses, and the networks that an operator allows.

A name is judged by the addresses it leads to, at registration and again at each connection, so
that a name which later leads inside (DNS rebinding) is refused as well.
"""

import ipaddress
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LONGEST_URL = 2000
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_TEREDO = ipaddress.IPv6Network("2001::/32")


class UrlRefused(ValueError):
    """A webhook may not be sent to this address.

    Attributes:
        code: Why, as an upper-case name.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


@dataclass(frozen=True, slots=True)
class Target:
    """The part of a URL that decides where a connection leads."""

    scheme: str
    host: str
    port: int


def target_of(url: str) -> Target:
    """Read a webhook's URL.

    Raises:
        UrlRefused: It is not ``https://host[:port]/...`` (or ``http:``), or carries a user,
            a fragment or blanks.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise UrlRefused("URL_MALFORMED", f"not a URL: {error}") from None
    printable = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    if len(url) > LONGEST_URL or not printable or not parts.hostname or port == 0:
        raise UrlRefused("URL_MALFORMED", "not a URL of at most 2,000 ASCII characters with a host")
    if parts.scheme not in {"https", "http"}:
        raise UrlRefused("URL_MALFORMED", "the URL must begin with https://")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise UrlRefused("URL_MALFORMED", "the URL must have neither user, password nor fragment")
    return Target(parts.scheme, parts.hostname, port or {"https": 443, "http": 80}[parts.scheme])


def is_public(address: Address) -> bool:
    """Tell whether an address is on the internet, also when it is wrapped in another."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address in _TEREDO or address.is_site_local:
            return False
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_unspecified
    )


@dataclass(frozen=True, slots=True)
class Guard:
    """Decides which addresses webhooks may go to.

    Attributes:
        allowed: Networks inside that are allowed besides the internet, also without TLS.
    """

    allowed: tuple[Network, ...] = ()

    @classmethod
    def of(cls, networks: Iterable[str]) -> "Guard":
        """Build it from ``10.1.0.0/16`` and the like.

        Raises:
            ValueError: One is not a network.
        """
        return cls(tuple(ipaddress.ip_network(one, strict=False) for one in networks))

    def is_allowed(self, address: Address) -> bool:
        """Tell whether an operator has allowed an address by name of its network."""
        plain: Any = getattr(address, "ipv4_mapped", None) or address
        return any(plain in network for network in self.allowed)

    def check(self, target: Target, addresses: Collection[str]) -> None:
        """Check where a target leads: every address it has must be allowed.

        Raises:
            UrlRefused: ``HOST_UNKNOWN``, ``ADDRESS_NOT_PUBLIC`` or ``TLS_REQUIRED``.
        """
        if not addresses:
            raise UrlRefused("HOST_UNKNOWN", f"{target.host} leads to no address")
        found = [ipaddress.ip_address(one.partition("%")[0]) for one in addresses]
        inside = [self.is_allowed(one) for one in found]
        for one, allowed in zip(found, inside, strict=True):
            if not allowed and not is_public(one):
                # The address itself is not told: the answer must not map the network inside.
                raise UrlRefused("ADDRESS_NOT_PUBLIC", f"{target.host} is not on the internet")
        if target.scheme == "http" and not all(inside):
            raise UrlRefused("TLS_REQUIRED", "the URL must begin with https://")
