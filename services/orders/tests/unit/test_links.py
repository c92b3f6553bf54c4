"""The secret of a link: signed here, for one use, and nothing else is taken for it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from contracts.values import CustomerId, OrderId, SiteId, StaffId, new_id
from hypothesis import given
from hypothesis import strategies as st
from orders.domain.errors import NoSuchPart
from orders.domain.hand_overs import Kind, Link
from orders.gateways.links import LinkSigner

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SIGNER = LinkSigner.of("k" * 32, "https://orders.example")


def a_link(kind: Kind = Kind.MAIL) -> Link:
    return Link(
        link_id=new_id(),
        order_id=OrderId(UUID(int=1)),
        site_id=SiteId(UUID(int=2)),
        customer_id=CustomerId(UUID(int=3)),
        kind=kind,
        created_by=StaffId("clerk"),
        created_at=NOW,
        expires_at=NOW + timedelta(hours=1),
    )


def test_a_secret_names_its_link_also_when_it_has_expired() -> None:
    """PA-5: whether it still works the link's row decides."""
    link = a_link()
    assert SIGNER.link_id(SIGNER.token(link), Kind.MAIL) == link.link_id
    assert SIGNER.page(link) == f"https://orders.example/checkout/{SIGNER.token(link)}"


def test_a_secret_is_for_one_way_and_one_key() -> None:
    """PA-5, PA-6: a mail's link opens no storefront, and a new key ends all links."""
    token = SIGNER.token(a_link())
    with pytest.raises(NoSuchPart):
        SIGNER.link_id(token, Kind.STOREFRONT)
    with pytest.raises(NoSuchPart):
        LinkSigner.of("n" * 32, "https://orders.example").link_id(token, Kind.MAIL)


@given(st.integers(0, 300), st.characters())
def test_a_secret_that_was_changed_is_none(place: int, put: str) -> None:
    """PA-5."""
    token = SIGNER.token(a_link())
    place %= len(token) - 2  # the last character has bits that say nothing
    changed = f"{token[:place]}{put}{token[place + 1 :]}"
    if changed != token:
        with pytest.raises(NoSuchPart):
            SIGNER.link_id(changed, Kind.MAIL)


def test_what_a_page_holds_is_for_that_page_alone() -> None:
    """PA-3, PA-5: neither another link's, nor what somebody made up, nor the link's own secret."""
    link, said = a_link(), {"digest": "f48b3f"}
    sealed = SIGNER.sealed(link.link_id, said)
    assert (SIGNER.opened(link.link_id, sealed) or {})["digest"] == "f48b3f"
    assert SIGNER.opened(a_link().link_id, sealed) is None
    assert LinkSigner.of("n" * 32, "").opened(link.link_id, sealed) is None
    for other in ("", "x.y.z", sealed[:-4], SIGNER.token(link), "x" * 1001):
        assert SIGNER.opened(link.link_id, other) is None
    for kind in Kind:
        with pytest.raises(NoSuchPart):
            SIGNER.link_id(sealed, kind)
