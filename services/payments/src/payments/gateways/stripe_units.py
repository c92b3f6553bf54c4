"""Amounts as Stripe writes them: its minor units are those of ISO 4217, with exceptions.

Ours are the minor units of ISO 4217 (``contracts.values.Money``).
"""

_FINER = frozenset({"ISK", "UGX"})
"""Without minor units, but written with two digits more: 5 crowns are 500."""
_COARSER = frozenset({"MGA"})
"""With two digits, but written without them: 10.00 ariary are 10."""
_TENS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
"""With three digits, of which the last must be 0: cards take no smaller part."""


def to_stripe(minor: int, currency: str) -> int | None:
    """Write our minor units as Stripe does; none for an amount that it cannot take."""
    if currency in _FINER:
        return minor * 100
    if currency in _COARSER:
        return minor // 100 if minor % 100 == 0 else None
    if currency in _TENS and minor % 10:
        return None
    return minor


def from_stripe(amount: int, currency: str) -> int:
    """Read Stripe's amount in our minor units; ``currency`` in any case of letters."""
    match currency.upper():
        case finer if finer in _FINER:
            return amount // 100
        case coarser if coarser in _COARSER:
            return amount * 100
        case _:
            return amount
