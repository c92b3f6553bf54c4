"""Keeps the secrets of endpoints unreadable for whoever has only the database.

They are sealed where they are made and opened where they sign (Fernet: AES-128-CBC and an HMAC).
The first key seals, every key opens: to change keys, put the new one first, start the service anew,
which seals all secrets with it, and take the old one away.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

_PLAIN = "whsec_"
"""How secrets begin that a release without a seal has written."""


class Unreadable(Exception):
    """A secret was sealed with a key that is not set."""

    def __init__(self) -> None:
        super().__init__("its secret was sealed with a key that is not set")


@dataclass(frozen=True, slots=True)
class Seal:
    """Seals with the first key, and opens with any."""

    first: Fernet
    every: MultiFernet

    @classmethod
    def of(cls, keys: Sequence[str]) -> "Seal":
        """Take the keys, each 32 bytes in URL-safe base64.

        Raises:
            ValueError: There is none, or one is no such key; it is not quoted.
        """
        if not keys:
            raise ValueError("no key is given")
        try:
            known = [Fernet(key) for key in keys]
        except ValueError as error:
            raise ValueError("a key is 32 bytes in URL-safe base64") from error
        return cls(known[0], MultiFernet(known))

    def close(self, text: str) -> str:
        """Seal a secret."""
        return self.first.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """Give a secret as it signs.

        Raises:
            Unreadable: No key opens it.
        """
        if sealed.startswith(_PLAIN):
            return sealed
        try:
            return self.every.decrypt(sealed).decode()
        except InvalidToken as error:
            raise Unreadable from error

    def is_new(self, sealed: str) -> bool:
        """Tell whether it is sealed with the first key."""
        try:
            self.first.decrypt(sealed)
        except InvalidToken:
            return False
        return True
