"""Arithmetic of whole minor units: rounding, and sharing out without losing a unit."""

from collections.abc import Sequence


def half_up(numerator: int, denominator: int) -> int:
    """Divide; a half is rounded away from zero. ``denominator`` is more than zero."""
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))


def spread(amount: int, weights: Sequence[int]) -> list[int]:
    """Share an amount out in proportion to weights, none of them negative, by largest remainder.

    The parts add up to the amount. No part is larger than its weight as long as the amount is not
    larger than all weights together. Of equal remainders the first ones get the units that are
    left; where all weights are zero, each counts the same.
    """
    if not weights:
        return []
    whole = sum(weights)
    if whole == 0:
        weights, whole = [1] * len(weights), len(weights)
    sign, size = (-1, -amount) if amount < 0 else (1, amount)
    parts = [size * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda n: -(size * weights[n] % whole))
    for place in by_remainder[: size - sum(parts)]:
        parts[place] += 1
    return [sign * part for part in parts]
