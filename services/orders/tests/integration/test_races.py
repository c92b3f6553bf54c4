"""Two things at once about one order: each has one outcome, and no goods or money are left over."""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any

import httpx2
import pytest
from contracts.catalog.commands import ReleaseStock
from contracts.payments.commands import AuthorisePayment, VoidPayment
from messaging.delivery import Delivery

from services.orders.tests.driving import Orders, gbp, problem

CARD = [{"method": "card", "token": "tok_ok"}]


async def at_once(*calls: Coroutine[Any, Any, httpx2.Response]) -> list[httpx2.Response]:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(call) for call in calls]
    return [task.result() for task in tasks]


async def paying(orders: Orders) -> tuple[dict[str, Any], Delivery]:
    """Hand an order in until its payment is asked for; gives the payment's "yes", on its way."""
    order = await orders.full_draft(await orders.site(), payments=CARD, submit=True)
    await orders.carry(hops=2)
    [asked] = await orders.take("cmd.")
    return order, orders.replied(asked)


async def cancel(orders: Orders, order: dict[str, Any]) -> httpx2.Response:
    return await orders.call("POST", f"/{order['id']}/cancellation")


def told(orders: Orders, kind: type[Any]) -> Sequence[Any]:
    return [one for one in orders.shop.heard if isinstance(one, kind)]


async def events(orders: Orders) -> list[str]:
    return [one.type.split(".")[1] for one in await orders.take("evt.")]


async def test_two_who_hand_in_one_draft_make_one_submission(orders: Orders) -> None:
    """SU-3: double submit, each under a key of its own: the second is told that it is under way."""
    order = await orders.full_draft(await orders.site(), payments=CARD)
    answers = await at_once(orders.submit(order), orders.submit(order))
    first, second = sorted(answers, key=lambda answer: answer.status_code)
    assert first.status_code == 202
    assert problem(second, 409, "ORDER_NOT_DRAFT")["state"] == "submitting"
    await orders.carry()
    assert (await orders.get(order))["state"] == "submitted"
    assert len(told(orders, AuthorisePayment)) == 1
    assert (await events(orders)).count("order-submitted") == 1


async def test_two_cancels_of_a_running_submission_take_it_back_once(orders: Orders) -> None:
    """SU-8: double cancel: both are told that it is being taken back, and it is, once."""
    order, _ = await paying(orders)
    answers = await at_once(cancel(orders, order), cancel(orders, order))
    assert [one.status_code for one in answers] == [202, 202]
    await orders.carry()
    assert (await cancel(orders, order)).status_code == 200
    assert (await orders.get(order))["state"] == "cancelled"
    assert (len(told(orders, VoidPayment)), len(told(orders, ReleaseStock))) == (1, 1)
    assert (await events(orders)).count("order-cancelled") == 1


async def test_a_cancel_before_the_payments_yes_wins_and_voids_it(orders: Orders) -> None:
    """SU-8: the late "paid" never revives the order."""
    order, paid = await paying(orders)
    assert (await cancel(orders, order)).status_code == 202
    await orders.consumer().handle([paid])
    await orders.carry()
    await orders.consumer().handle([paid])
    found = await orders.get(order)
    assert (found["state"], found["submitted_at"]) == ("cancelled", None)
    [authorised], [voided] = told(orders, AuthorisePayment), told(orders, VoidPayment)
    assert voided.payment_id == authorised.payment_id


async def test_a_cancel_after_the_payments_yes_is_one_of_a_submitted_order(orders: Orders) -> None:
    """SU-8: the payment's "yes" leads to the pivot in its own transaction; there it is decided."""
    order, paid = await paying(orders)
    await orders.consumer().handle([paid])
    assert (await orders.get(order))["state"] == "submitted"
    assert not told(orders, VoidPayment)


@pytest.mark.parametrize("_round", range(5))
async def test_a_cancel_and_the_payments_yes_at_once_have_one_outcome(
    orders: Orders, _round: int
) -> None:
    """SU-8: whichever is first, money is held for a submitted order only."""
    order, paid = await paying(orders)
    async with asyncio.TaskGroup() as race:
        asked = race.create_task(cancel(orders, order))
        race.create_task(orders.consumer().handle([paid]))
    await orders.carry()
    state = (await orders.get(order))["state"]
    expected = "cancelled" if asked.result().status_code == 202 else "submitted"
    assert state == expected
    assert len(told(orders, VoidPayment)) == (1 if state == "cancelled" else 0)


async def test_two_edits_of_one_version_keep_one(orders: Orders) -> None:
    """SN-4: the second sees what the first has made of it, and nothing is overwritten silently."""
    order = await orders.full_draft(await orders.site())
    path, seen = f"/{order['id']}/shipping", f'"{order["version"]}"'
    other = orders.staff(name="other")
    answers = await at_once(
        orders.call("PUT", path, {"cost": gbp(1)}, If_Match=seen),
        other.call("PUT", path, {"cost": gbp(2)}, If_Match=seen),
    )
    first, second = sorted(answers, key=lambda answer: answer.status_code)
    assert first.status_code == 200
    assert problem(second, 412, "STALE")["current"] == first.json()
    assert await orders.get(order) == first.json()


async def test_two_edits_without_a_version_keep_both(orders: Orders) -> None:
    """SN-4: who names no version takes the order as it is; edits of other parts are not lost."""
    order = await orders.full_draft(await orders.site())
    answers = await at_once(
        orders.call("PATCH", f"/{order['id']}/lines/1", {"units": 7}),
        orders.call("PUT", f"/{order['id']}/notes", {"staff_note": "by phone"}),
    )
    assert [one.status_code for one in answers] == [200, 200]
    found = await orders.get(order)
    assert (found["lines"][0]["units"], found["staff_note"]) == (7, "by phone")
    assert found["version"] == order["version"] + 2


async def test_an_edit_and_a_submission_at_once_submit_what_was_seen(orders: Orders) -> None:
    """SN-4, SU-10: an edit is in the submission, or refused; never between the two."""
    order = await orders.full_draft(await orders.site())
    edit, handed_in = await at_once(
        orders.call("PATCH", f"/{order['id']}/lines/1", {"units": 7}), orders.submit(order)
    )
    await orders.carry()
    found = await orders.get(order)
    if handed_in.status_code == 202:
        assert found["state"] == "submitted"
        assert found["lines"][0]["units"] == (7 if edit.status_code == 200 else 2)
    if edit.status_code != 200:
        problem(edit, 409, "ORDER_NOT_DRAFT")
