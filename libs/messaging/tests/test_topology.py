"""Queues and bindings follow from what a service handles; so do the broker's definitions."""

import re

import pytest
from messaging.rabbit import definitions
from messaging.subscriptions import Subscriptions
from messaging.topology import Binding, Queue, exchanges, queues_of

from libs.messaging.tests.shop import Count, Work, all_queues, count, follow, subscriptions_of


def test_a_service_has_a_queue_for_commands_and_one_for_each_publisher_it_follows() -> None:
    queues = queues_of(subscriptions_of("orders"), sagas=True)

    assert list(queues) == [
        Queue("orders.commands", ()),
        Queue("orders.saga.replies", (Binding("rpl.orders", "orders.saga"),)),
        Queue("orders.from.catalog", (Binding("evt.catalog", "catalog.test-thing-counted.v1"),)),
    ]


def test_commands_are_bound_and_questions_are_not() -> None:
    [commands] = queues_of(subscriptions_of("catalog"), sagas=False)

    assert commands.bindings == (Binding("cmd.catalog", "catalog.test-count.v1"),)


def test_every_binding_has_its_exchange() -> None:
    known = exchanges()

    assert {bound.exchange for queue in all_queues() for bound in queue.bindings} <= known.keys()


def test_a_message_is_listed_once_and_commands_only_by_their_owner() -> None:
    with pytest.raises(ValueError, match="twice"):
        Subscriptions[Work]("catalog").answers(Count, count).answers(Count, count)
    with pytest.raises(ValueError, match="not a message of orders"):
        Subscriptions[Work]("orders").answers(Count, count)
    assert follow


def test_every_queue_has_a_dead_letter_queue_and_a_policy_that_leads_there() -> None:
    found = definitions(all_queues())
    names = {queue["name"] for queue in found["queues"]}

    for queue in all_queues():
        assert f"{queue.name}.dlq" in names
        [policy] = [p for p in found["policies"] if re.fullmatch(p["pattern"], queue.name)]
        assert policy["definition"]["dead-letter-routing-key"] == queue.name
        assert policy["definition"]["delivery-limit"] == 20


def test_only_commands_queues_have_a_limit() -> None:
    policies = definitions(all_queues())["policies"]

    limited = {policy["name"] for policy in policies if "max-length" in policy["definition"]}
    assert limited == {"catalog.commands", "orders.commands", "payments.commands"}


def test_a_service_may_not_touch_the_queues_of_another() -> None:
    found = definitions(all_queues(), password_hashes={"orders": "x", "catalog": "y"})
    [orders] = [p for p in found["permissions"] if p["user"] == "orders"]

    for right in ("configure", "write", "read"):
        assert re.fullmatch(orders[right], "orders.commands")
        assert re.fullmatch(orders[right], "evt.archive")
        assert not re.fullmatch(orders[right], "catalog.commands")
    assert [user["name"] for user in found["users"]] == ["catalog", "orders"]
