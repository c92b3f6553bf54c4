"""Many lines through the rules of money: how many, and in which portions.

Hypothesis draws a seed for each portion, which a failure names; what is in it the seed decides, as
drawing each number by itself would cost a hundred times as much as what is tested.
"""

import os
from collections.abc import Iterator
from random import Random

from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st

LINES = int(os.environ.get("FUZZ_LINES", "20000"))
"""Lines that each of these tests puts through; ``make fuzz`` says a million."""
PORTION = 100
"""Lines for one seed."""

seeds = st.integers(0, 2**64 - 1)
fuzzed = settings(
    max_examples=max(LINES // PORTION, 1),
    deadline=None,
    database=None,  # a seed is no example worth keeping
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)


def seeded(seed: int) -> Random:
    """Give what decides a portion; a failure tells the seed."""
    note(f"seed {seed}")
    return Random(seed)


def sizes(random: Random) -> Iterator[int]:
    """Give how many lines each order of a portion has, small orders more often than large ones."""
    left = PORTION
    while left:
        size = min(left, 1 + int(random.expovariate(1 / 8)))
        yield size
        left -= size


def minor(random: Random, digits: int) -> int:
    """Give an amount of at most so many digits: nothing, one and round ones more often."""
    if random.random() < 0.2:
        return random.choice((0, 1, 10 ** random.randrange(digits)))
    return random.randrange(10 ** random.randint(1, digits))
