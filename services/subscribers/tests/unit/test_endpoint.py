from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from contracts.patterns import Pattern
from subscribers.domain.endpoint import Endpoint, IsDisabled, Secret, SecretsFull

NOW = datetime(2026, 11, 21, tzinfo=UTC)
DAY = timedelta(days=1)


def an_endpoint() -> Endpoint:
    return Endpoint(UUID(int=1), "erp", "https://erp.example/", (Pattern("orders.#"),), NOW)


def a_secret(number: int, at: datetime = NOW) -> Secret:
    return Secret(UUID(int=number), f"whsec_{number}", at)


def test_it_wants_its_types_from_its_beginning_on() -> None:
    endpoint = an_endpoint()
    assert endpoint.wants("orders.order-started.v1", NOW)
    assert not endpoint.wants("orders.order-started.v1", NOW - timedelta(microseconds=1))
    assert not endpoint.wants("payments.payment-changed.v1", NOW)


def test_two_secrets_sign_until_the_overlap_is_over_the_newest_first() -> None:
    endpoint = an_endpoint()
    endpoint.secrets = [a_secret(1)]
    endpoint.rotate(a_secret(2, NOW + DAY), old_until=NOW + 2 * DAY)
    assert endpoint.signing(NOW + DAY) == ["whsec_2", "whsec_1"]
    assert endpoint.signing(NOW + 2 * DAY) == ["whsec_2"]
    with pytest.raises(SecretsFull):
        endpoint.rotate(a_secret(3, NOW + DAY), old_until=NOW + 2 * DAY)
    endpoint.rotate(a_secret(3, NOW + 2 * DAY), old_until=NOW + 3 * DAY)
    assert endpoint.signing(NOW + 2 * DAY) == ["whsec_3", "whsec_2"]


def test_repeating_what_is_done_changes_nothing() -> None:
    endpoint = an_endpoint()
    assert endpoint.disable("first", NOW)
    assert not endpoint.disable("second", NOW + DAY)
    assert (endpoint.disabled, endpoint.disabled_at, endpoint.version) == ("first", NOW, 2)
    assert endpoint.enable(NOW + DAY, catch_up=True)
    assert not endpoint.enable(NOW + DAY, catch_up=True)
    assert not endpoint.change(name="erp")
    assert endpoint.version == 3


def test_a_disabled_endpoint_is_not_sent_back() -> None:
    endpoint = an_endpoint()
    endpoint.disable("why", NOW)
    with pytest.raises(IsDisabled):
        endpoint.send_back(after=0)
    endpoint.enable(NOW, catch_up=False)
    with pytest.raises(ValueError, match="either"):
        endpoint.send_back()
