"""What a customer can be found by: words folded so that a prefix of them is a prefix of theirs.

All terms of a customer stand in one ordered index, so a search costs the same for one letter as
for ten, whether it is a name, an e-mail, a phone or a number.
"""

import re
import unicodedata

from customers.domain.addresses import Address
from customers.domain.customer import Customer
from customers.domain.formats import Formats

MAX_TERM = 200
"""Characters of a term; what is longer is found by its beginning."""

_DIALLED = re.compile(r"[\d\s().+/-]+")


def fold(text: str) -> str:
    """Give the text without case, accents and doubled spaces: ``Åsa  Öst`` is ``asa ost``."""
    bare = (c for c in unicodedata.normalize("NFKD", text.casefold()) if not _is_mark(c))
    return " ".join("".join(bare).casefold().split())[:MAX_TERM]


_BASES = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i"}  # noqa: RUF001
    | {"æ": "ae", "œ": "oe", "þ": "th"}
)
"""Letters that Unicode takes for letters of their own, and keyboards of others do not have."""


def _plain(folded: str) -> str:
    """Give what somebody types who does not have the letters: ``soren`` for ``søren``."""
    return folded.translate(_BASES)[:MAX_TERM]


def _is_mark(char: str) -> bool:
    return unicodedata.category(char).startswith(("M", "C"))


def email_key(email: str) -> str:
    """Give what makes two e-mails the same in a customer set (CS-6)."""
    return email.casefold()


_HEARD_AS = str.maketrans("ILOU", "110V")
_CHECKED = 8
"""Characters at the end of an order number, of an alphabet without I, L, O and U."""


def order_key(text: str) -> str:
    """Give what makes two writings of an order number the same: ``uk 7f3k 29qx``, ``UK-7F3K-29QX``.

    Case, spaces, dashes and a leading # do not count, nor which of 1, I and L, or 0 and O was read.
    """
    bare = "".join(char for char in fold(text).upper() if char not in " -#")
    return bare[:-_CHECKED] + bare[-_CHECKED:].translate(_HEARD_AS)


def prefix_of(query: str) -> str:
    """Give the start of the terms that a search text looks for; "" finds everybody.

    What looks dialled is compared by its digits, without leading zeros: ``020 7946``, ``0044 20``
    and ``+44 (0)20`` find ``+442079460000``, and ``000123`` finds the customer number.
    """
    query = query.replace("(0)", "")
    digits = _digits(query)
    return digits if digits and _DIALLED.fullmatch(query) else fold(query)


def _digits(text: str) -> str:
    return "".join(str(int(c)) for c in text if c.isdecimal()).lstrip("0")[:MAX_TERM]


def home_key(customer: Customer, address: Address) -> str:
    """Give name and postal code: two customers who share it may be one person (CU-13)."""
    name = f"{customer.details.first_name} {customer.details.last_name}"
    return fold(f"{name} {(address.postal_code or '').replace(' ', '')}")


def twin_terms(customer: Customer) -> frozenset[str]:
    """Give the terms that nobody else should have: phones, and name with postal code (CU-13)."""
    homes = {home_key(customer, each) for each in customer.addresses if each.postal_code}
    phones = {_digits(phone.number) for phone in customer.details.phones}
    return frozenset((homes | phones) - {""})


def terms_of(customer: Customer, formats: Formats) -> frozenset[str]:
    """Give everything the customer is found by."""
    if customer.erased_at is not None:
        return frozenset({fold(customer.number), _digits(customer.number)} - {""})
    details = customer.details
    names = (details.first_name, details.last_name)
    words = [" ".join(names), " ".join(reversed(names)), customer.number]
    words += filter(None, (details.email, details.company))
    numbers = [phone.number for phone in details.phones]
    words += [home_key(customer, each) for each in customer.addresses if each.postal_code]
    dialled = [customer.number, *numbers, *map(formats.national, numbers)]
    folded = {fold(word) for word in words}
    return frozenset({*folded, *map(_plain, folded), *map(_digits, dialled)} - {""})
