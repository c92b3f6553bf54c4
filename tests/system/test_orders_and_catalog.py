"""Orders and the real catalog agree on what an order costs, holds and uses up."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.system.running import Client, Json, System, wait_for

pytestmark = [pytest.mark.timeout(300)]

ORDERS, CATALOG = "/api/orders/v1", "/api/catalog/v1"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    running = System(tmp_path_factory.mktemp("embedded") / "data").start()
    yield running.client()
    running.stop()


def gbp(minor: int) -> Json:
    return {"minor": minor, "currency": "GBP"}


def used(client: Client, code: str) -> int:
    return client.get(f"{CATALOG}/vouchers/{code}")["used"]


def test_a_coupon_is_quoted_taxed_and_used_up_once(client: Client) -> None:
    """CP-7, TO-1, FU-3, SU-11: the submission consumes it, once; a revision goes on with it."""
    terms = {"name": "Ten off", "kind": "percent", "basis_points": 1000}
    voucher = {"code": "TEN-OFF", "site": "uk", "terms": terms, "limit_total": 1}
    client.post(f"{CATALOG}/vouchers", voucher)
    vat = {"country": "GB", "name": "VAT", "ppm": 200_000}
    client.put(f"{ORDERS}/sites/uk/tax-rates", {"rates": [vat]})
    post = {"name": "Post", "flat": gbp(300)}
    client.put(f"{ORDERS}/sites/uk/shipping-methods/post", post)
    try:
        order = client.order(submit=False, coupons=["ten-off"], shipping={"method": "post"})
        assert (order["totals"]["goods"], order["totals"]["discounts"]) == (gbp(2400), gbp(240))
        assert (order["totals"]["tax"], order["totals"]["total"]) == (gbp(432), gbp(2892))
        assert used(client, "TEN-OFF") == 0
        client.post(f"{ORDERS}/orders/{order['id']}/submission", {})
        order = client.settled(order["id"])
        assert order["state"] == "submitted", order["refusals"]
        assert used(client, "TEN-OFF") == 1
        more = {"lines": [{"line_id": 1, "units": order["lines"][0]["units"] + 1}]}
        shown = client.post(f"{ORDERS}/orders/{order['id']}/revision/preview", more)
        [coupon] = shown["coupons"]
        assert (coupon["code"], coupon["refusal"]) == (order["coupons"][0]["code"], None)
        assert coupon["now"]["minor"] > coupon["was"]["minor"] == 240
        assert used(client, "TEN-OFF") == 1
        again = client.order(submit=False, shipping={"method": "post"})
        refused = client.http.put(f"{ORDERS}/orders/{again['id']}/coupons/ten-off")
        assert (refused.status_code, refused.json()["code"]) == (422, "COUPON_USED_UP")
    finally:
        client.put(f"{ORDERS}/sites/uk/tax-rates", {"rates": []})
        client.http.delete(f"{ORDERS}/sites/uk/shipping-methods/post")


@pytest.mark.parametrize("kind", ["percent", "amount"])
def test_what_is_taken_off_an_order_and_put_back_costs_the_same(client: Client, kind: str) -> None:
    """CP-7, SU-11: its coupon ends with the minimum that it needs, and comes back with it."""
    value = {"amount": gbp(501)} if kind == "amount" else {"basis_points": 1500}
    terms = {"name": "For two", "kind": kind, "minimum": gbp(2000), **value}
    code = client.post(f"{CATALOG}/vouchers", {"site": "uk", "terms": terms})["code"]
    order = client.order(coupons=[code])
    path = f"{ORDERS}/orders/{order['id']}"
    before = client.settled(order["id"])
    assert before["totals"]["discounts"]["minor"] > 0

    def revised(units: int) -> Json:
        def asked() -> bool:
            body, keyed = (
                {"lines": [{"line_id": 1, "units": units}]},
                {"Idempotency-Key": uuid4().hex},
            )
            answer = client.http.post(f"{path}/revision", json=body, headers=keyed)
            assert answer.status_code in {202, 409}, answer.text
            return answer.status_code == 202

        wait_for(asked)
        wait_for(lambda: client.get(f"{path}/revision")["state"] == "applied")
        return client.get(path)

    fewer = revised(1)
    assert fewer["totals"]["discounts"] == gbp(0)
    assert fewer["coupons"][0]["refusal"] == "COUPON_MINIMUM_NOT_REACHED"
    again = revised(2)
    assert (again["totals"]["discounts"], again["totals"]["goods"]) == (
        before["totals"]["discounts"],
        before["totals"]["goods"],
    )
    assert (again["coupons"][0]["refusal"], used(client, code)) == (None, 1)


def test_a_draft_holds_stock_that_its_submission_uses_up(client: Client) -> None:
    """IN-11."""
    client.put(f"{ORDERS}/sites/uk/policy", {"hold_minutes": 10})
    try:
        order = client.order(submit=False)
        path = f"{ORDERS}/orders/{order['id']}"

        def held() -> Json | None:
            found = client.http.get(f"{path}/hold")
            return found.json() if found.is_success else None

        hold = wait_for(held)
        assert sum(line["units"] for line in hold["lines"]) == 2, hold
        client.post(f"{path}/submission", {})
        order = client.settled(order["id"])
        assert (order["state"], order["hold_id"]) == ("submitted", None), order["refusals"]
    finally:
        client.put(f"{ORDERS}/sites/uk/policy", {})


def test_staff_see_which_locations_a_split_line_comes_from(client: Client) -> None:
    """IN-10, FU-1: until a revision or cancel has given it back."""
    client.put(f"{CATALOG}/products/STOOL", {"name": "Stool", "prices": {"uk": gbp(1000)}})
    for code, priority, units in (("annex", 1, 2), ("barn", 2, 5)):
        place = {"name": code, "sites": ["uk"], "priority": priority}
        client.put(f"{CATALOG}/locations/{code}", place)
        lines = [{"sku": "STOOL", "change": units}]
        counted = {"location": code, "reason": "counted", "lines": lines}
        client.post(f"{CATALOG}/stock-adjustments", counted)
    order = client.order(lines=[{"sku": "STOOL", "units": 5}])
    path = f"{ORDERS}/orders/{order['id']}"

    def lying() -> list[tuple[str, int, str]]:
        return [
            (parcel["location"]["code"], parcel["units"], parcel["state"])
            for product in client.get(f"{path}/stock")["products"]
            for parcel in product["parcels"]
        ]

    split = [("annex", 2, "allocated"), ("barn", 3, "allocated")]
    wait_for(lambda: lying() == split)
    assert client.settled(order["id"])["state"] == "submitted"
    client.post(f"{path}/cancellation", {})
    wait_for(lambda: not lying())


def test_a_voucher_made_inside_an_order_applies_at_once(client: Client) -> None:
    """CP-7: it survives the submission, and is used up by it once."""
    order = client.order(submit=False)
    path = f"{ORDERS}/orders/{order['id']}"
    terms = {"name": "Sorry", "kind": "amount", "amount": gbp(500)}
    headers = {"Idempotency-Key": uuid4().hex}
    body = {"terms": terms}
    answers = [client.http.post(f"{path}/vouchers", json=body, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201], answers[0].text
    drafts: list[Json] = [answer.json() for answer in answers]
    assert drafts[0] == drafts[1]
    assert drafts[0]["totals"]["discounts"] == gbp(500)
    (code,) = [str(coupon["code"]) for coupon in drafts[0]["coupons"]]
    assert used(client, code) == 0
    client.post(f"{path}/submission", {})
    order = client.settled(order["id"])
    assert order["state"] == "submitted", order["refusals"]
    assert [coupon["code"] for coupon in order["coupons"]] == [code]
    assert used(client, code) == 1


def test_the_basis_of_a_price_stays_whatever_else_changes(client: Client) -> None:
    """CP-5, CP-1: neither units, shipping nor an address switch site, level or price list."""
    who = client.demo_customer()
    client.put("/api/customers/v1/customer-sets/retail/levels/vip", {"name": "VIP"})
    known = client.http.patch(f"/api/customers/v1/customers/{who}", json={"level": "vip"})
    assert known.is_success, known.text
    for code, level, prices in (
        ("vip-uk", "vip", {1: 1100}),
        ("deal-uk", None, {1: 900, 10: 800}),
        ("other-uk", None, {1: 1}),
    ):
        terms = {"site": "uk", "name": code, "currency": "GBP", "level": level}
        misspelt = client.http.put(f"{CATALOG}/price-lists/{code}", json={**terms, "level": "vpi"})
        assert (misspelt.status_code, misspelt.json()["code"]) == (422, "UNKNOWN_LEVEL")
        client.put(f"{CATALOG}/price-lists/{code}", terms)
        entries = [
            {"sku": "MUG-01", "min_units": units, "price": gbp(minor)}
            for units, minor in prices.items()
        ]
        client.put(f"{CATALOG}/price-lists/{code}/entries", {"entries": entries})
    client.put(f"{ORDERS}/sites/uk/shipping-methods/air", {"name": "Air", "flat": gbp(900)})
    try:
        order = client.order(submit=False, shipping=None)
        path = f"{ORDERS}/orders/{order['id']}"
        query = {"site": "uk", "level": "vip", "q": "mug-01"}
        (seen,) = client.get(f"{CATALOG}/products", **query)["items"]
        assert order["lines"][0]["unit_price"] == seen["variants"][0]["price"] == gbp(1100)
        assert _basis(order) == [("list", None), ("level", "vip-uk")]

        order = client.put(f"{path}/price-list", {"price_list": "deal-uk"})
        listed = [("list", None), ("level", "vip-uk"), ("price-list", "deal-uk")]
        assert (_basis(order), order["lines"][0]["unit_price"]) == (listed, gbp(900))
        abroad = {"name": "Ada", "lines": ["1 Rue"], "city": "Paris", "postal_code": "75001"}
        for change, path_, body, unit in (
            ("PATCH", "/lines/1", {"units": 10}, gbp(800)),
            ("PATCH", "/lines/1", {"units": 3}, gbp(900)),
            ("PUT", "/shipping", {"method": "air"}, gbp(900)),
            ("PUT", "/addresses", {"shipping": {**abroad, "country": "FR"}}, gbp(900)),
            ("PUT", "/addresses", {"billing": {**abroad, "country": "FR"}}, gbp(900)),
        ):
            answer = client.http.request(change, path + path_, json=body)
            assert answer.is_success, answer.text
            order = answer.json()
            assert (_basis(order), order["lines"][0]["unit_price"]) == (listed, unit), path_
            assert (order["site"], order["buyer"]["level"]) == ("uk", "vip")
    finally:
        client.http.delete(f"{ORDERS}/sites/uk/shipping-methods/air")
        client.http.patch(f"/api/customers/v1/customers/{who}", json={"level": None})


def _basis(order: Json) -> list[tuple[str, str | None]]:
    return [(step["source"], step["code"]) for step in order["lines"][0]["price_trace"]]
