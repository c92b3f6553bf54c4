"""I4 and I5 under duplicates, shuffling, faults and several callers, on a real database."""

import random

import pytest
from contracts.message import Command
from contracts.payments.commands import AuthorisePayment, CapturePayment
from contracts.values import PaymentId
from messaging.faults import arm, visits

from services.payments.tests.driving import Payments, a_void, an_authorisation
from tests.support import eventually

TOKENS = (
    "tok_ok",
    "tok_decline",
    "tok_slow_0.1",
    "tok_timeout_charged",
    "tok_timeout_uncharged",
    "tok_500_charged",
    "tok_500_uncharged",
)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_voided_means_no_money_held_and_nothing_is_charged_twice(
    payments: Payments, seed: int
) -> None:
    """I4, I5, I6, faults 6, 7, 9, 32."""
    chance = random.Random(seed)
    site = await payments.site()
    asked = [an_authorisation(site, chance.choice(TOKENS)) for _ in range(24)]
    voided = {one.payment_id for one in asked if chance.random() < 0.5}
    arm(f"payments.after_call:raise@{chance.randrange(2, 9)}")

    async with payments.calling(callers=2):
        for batch in _deliveries(asked, voided, chance):
            await payments.send(*batch)
        await eventually(lambda: _at_rest(payments), timeout=30)

    assert visits["payments.after_call"] > 8
    for one in asked:
        state, held = await payments.state(one.payment_id), await payments.held(one.payment_id)
        assert (await payments.ledger(one.payment_id)).count("authorise") <= 1
        assert held == (0 if state in {"voided", "declined"} else 1250), state
        if one.payment_id in voided:
            assert held == 0
        sequences = [sequence for sequence, _ in await payments.events(one.payment_id)]
        assert sequences == list(range(1, len(sequences) + 1))


def _deliveries(
    asked: list[AuthorisePayment], voided: set[PaymentId], chance: random.Random
) -> list[list[Command]]:
    """Give each command one to three times, in any order, in batches of any size."""
    commands: list[Command] = []
    for one in asked:
        commands += [one] * chance.randint(1, 3)
        if one.payment_id in voided:
            commands += [a_void(one)] * chance.randint(1, 3)
    chance.shuffle(commands)
    commands += [
        CapturePayment(payment_id=one.payment_id)
        for one in asked
        if one.token == "tok_ok" and one.payment_id not in voided
    ]
    batches: list[list[Command]] = []
    while commands:
        size = chance.randint(1, 8)
        batches.append(commands[:size])
        commands = commands[size:]
    return batches


async def _at_rest(payments: Payments) -> bool:
    return await payments.open() == 0
