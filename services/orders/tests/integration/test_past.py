"""An order as it was at any instant, and orders found by customer, e-mail and date."""

from datetime import datetime, timedelta

from services.orders.tests.driving import Orders, gbp, problem


async def test_an_order_is_shown_as_it_was(orders: Orders) -> None:
    """SC-2: who, for whom, when, before and after; and back to any instant."""
    site = await orders.site()
    other = await orders.site(customer_set_id=site.customer_set_id)
    order = await orders.full_draft(site, payments=[{"method": "card", "token": "tok_secret"}])
    path = f"/{order['id']}"
    seen = [order]
    for method, part, body in (
        ("POST", "/lines", {"sku": "TEE", "units": 3}),
        ("PATCH", "/lines/1", {"units": 7}),
        ("DELETE", "/payments/1", None),
        ("PUT", "/site", {"site": other.code, "accept": True}),
        ("PUT", "/notes", {"staff_note": "by phone"}),
        ("POST", "/cancellation", None),
    ):
        answer = await orders.done(method, path + part, body)
        seen.append(answer.get("order", answer))
    entries = (await orders.get(order, "/changes"))["items"]
    assert len(entries) == len(seen)
    for entry, then in zip(entries, seen, strict=True):
        past = await orders.get(order, f"?at={entry['at']}".replace("+", "%2B"))
        for name in ("number", "site", "state", "version", "lines", "totals", "payments"):
            assert past[name] == then[name], name
        assert past["staff_note"] == then["staff_note"]
    kept = await orders.sql("SELECT entry::text FROM order_change entry")
    assert not any("tok_secret" in text for (text,) in kept)
    began = datetime.fromisoformat(entries[0]["at"]) - timedelta(seconds=1)
    before = await orders.call("GET", f"{path}?at={began.isoformat()}".replace("+", "%2B"))
    problem(before, 404, "NOT_FOUND")
    naive = await orders.call("GET", path + "?at=2026-01-01T00:00:00")
    assert naive.status_code == 422


async def test_orders_are_found_by_customer_e_mail_and_date(orders: Orders) -> None:
    """SN-5: by text and date as well as by site and state."""
    site = await orders.site()
    ada = orders.shop.customer(email="ada.byron@example.org")
    order = await orders.full_draft(site, customer_id=ada)
    await orders.full_draft(site)
    for query in (f"customer_id={ada}", "q=ada.byr", "q=ADA.BYRON@example"):
        found = await orders.done("GET", f"?site={site.code}&{query}")
        assert [one["id"] for one in found["items"]] == [order["id"]], query
    now = datetime.fromisoformat(order["created_at"])
    for begun, count in (
        ({"begun_from": now - timedelta(minutes=1)}, 2),
        ({"begun_from": now + timedelta(minutes=1)}, 0),
        ({"begun_until": now - timedelta(minutes=1)}, 0),
    ):
        ((name, at),) = begun.items()
        query = f"{name}={at.isoformat()}".replace("+", "%2B")
        found = await orders.done("GET", f"?site={site.code}&{query}")
        assert len(found["items"]) == count, begun
    assert order["totals"]["total"] == gbp(2400)
