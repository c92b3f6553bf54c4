"""What the domain asks of the world's standards: phones, e-mails, addresses, codes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class AddressFormat:
    """How addresses of one country, and of one region of it, are written.

    Attributes:
        required: Which of ``city``, ``region`` and ``postal_code`` must be given.
        regions: Every accepted spelling, lower case, to the region's key; empty: any text will do.
        postal_code: Pattern of the whole code; none when the country has no codes or no pattern.
        postal_prefix: Pattern of the start of the code in the region, where that is known.
        postal_example: A code as it should look, for messages.
    """

    required: frozenset[str]
    regions: Mapping[str, str]
    postal_code: re.Pattern[str] | None = None
    postal_prefix: re.Pattern[str] | None = None
    postal_example: str | None = None


class Formats(Protocol):
    """The standards; pure functions behind a port, so that the domain names no library."""

    def email(self, text: str) -> str | None:
        """Give the address in normal form, or none when it is not one. Asks no network."""
        ...

    def phone(self, number: str, region: str | None) -> str | None:
        """Give the number in E.164, read in ``region`` (ISO 3166-1) unless it has a + prefix.

        None when no such number is possible, it lacks its area code, or it has an extension.
        """
        ...

    def national(self, number: str) -> str:
        """Give the digits of an E.164 number without the country's code."""
        ...

    def address(self, country: str, region: str | None) -> AddressFormat | None:
        """Give the format of a country's addresses; none when there is no such country."""
        ...

    def tax_id(self, text: str, country: str | None) -> str | None:
        """Give a tax id in normal form, for a customer who is billed in this country.

        In the European Union and the United Kingdom that is a VAT number with its country's
        letters, its check digits right; elsewhere any text. None when it is no such number.
        """
        ...

    def is_currency(self, code: str) -> bool:
        """Tell whether this is an ISO 4217 code."""
        ...

    def is_time_zone(self, name: str) -> bool:
        """Tell whether this is an IANA time zone."""
        ...
