"""What a draft cannot be is refused, field by field, and nothing is made."""

from typing import Any
from uuid import uuid4

import pytest
from contracts.values import MAX_MINOR

from services.orders.tests.driving import Orders, gbp, problem

HOME: dict[str, Any] = {
    "name": "Grace",
    "lines": ["2 Lane"],
    "city": "Leeds",
    "country": "GB",
    "postal_code": "LS1 1AA",
    "phone": "+49 1512 3456789",
}
CARD = "4111 1111 1111 1111"


@pytest.mark.parametrize("code", ["CUSTOMER_SET_MISMATCH", "CUSTOMER_IS_STAFF"])
async def test_a_customer_who_may_not_order_here_is_refused(orders: Orders, code: str) -> None:
    """CS-3, CU-7: also when the id is sent straight to the API."""
    site = await orders.site()
    customer = orders.shop.customer(refused=code)
    problem(await orders.post({"site": site.code, "customer_id": customer}), 422, code)
    order = await orders.draft(site)
    refused = await orders.call("PUT", f"/{order['id']}/customer", {"customer_id": customer})
    problem(refused, 422, code, "/customer_id")
    assert (await orders.get(order))["customer"] is None


async def test_everything_wrong_is_named_in_one_answer(orders: Orders) -> None:
    site = await orders.site()
    body = {
        "site": site.code,
        "customer_id": str(uuid4()),
        "lines": [
            {"sku": "MUG", "units": 1},
            {"sku": "NOPE", "units": 1},
            {"sku": "MUG", "units": 1, "fulfilment": "pickup"},
            {"sku": "MUG", "units": 1, "fulfilment": "pickup", "location": "mars"},
            {"sku": "MUG", "units": 1, "fulfilment": "delivery", "location": "soho"},
            {"sku": "MUG", "units": 1, "location": "soho"},
        ],
    }
    found = problem(await orders.post(body), 422, "INVALID_ORDER")
    assert [(one["pointer"], one["code"]) for one in found["errors"]] == [
        ("/customer_id", "UNKNOWN_CUSTOMER"),
        ("/lines/1/sku", "UNKNOWN_PRODUCT"),
        ("/lines/2/location", "LOCATION_MISSING"),
        ("/lines/3/location", "UNKNOWN_LOCATION"),
        ("/lines/4/location", "FULFILMENT_NOT_OFFERED"),
        ("/lines/5/location", "LOCATION_NOT_WANTED"),
    ]


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"lines": [{"sku": "MUG", "units": 0}]}, "QUANTITY_OUT_OF_RANGE", "/lines/0/units"),
        (
            {"lines": [{"sku": "MUG", "units": 10_000_001}]},
            "QUANTITY_OUT_OF_RANGE",
            "/lines/0/units",
        ),
        ({"lines": [{"sku": "MUG", "units": "2"}]}, "WRONG_TYPE", "/lines/0/units"),
        ({"lines": [{"sku": "MUG", "units": 1, "colour": 1}]}, "UNKNOWN_FIELD", "/lines/0/colour"),
        ({"shipping": {"cost": gbp(2**63)}}, "AMOUNT_OUT_OF_RANGE", "/shipping/cost/minor"),
        ({"shipping": {"cost": gbp(10**30)}}, "AMOUNT_OUT_OF_RANGE", "/shipping/cost/minor"),
        ({"site": None}, "WRONG_TYPE", "/site"),
        ({"external_reference": " "}, "TOO_SHORT", "/external_reference"),
        ({"staff_note": f"card {CARD}"}, "CARD_NUMBER_REFUSED", "/staff_note"),
        (
            {"payments": [{"method": "card", "token": CARD}]},
            "CARD_NUMBER_REFUSED",
            "/payments/0/token",
        ),
        (
            {"shipping_address": {**HOME, "phone": CARD}},
            "CARD_NUMBER_REFUSED",
            "/shipping_address/phone",
        ),
    ],
)
async def test_a_wrong_field_is_named(
    orders: Orders, change: dict[str, Any], code: str, pointer: str
) -> None:
    """PA-2 and bad input: field and reason; nothing is made."""
    site = await orders.site()
    found = problem(await orders.post({"site": site.code, **change}), 422, "INVALID_REQUEST")
    assert [(one["pointer"], one["code"]) for one in found["errors"]] == [(pointer, code)]
    assert CARD not in str(found)
    assert (await orders.done("GET", f"?site={site.code}"))["items"] == []


@pytest.mark.parametrize(
    ("number", "code"), [(CARD, "INVALID_REQUEST"), ("4222222222222", "CARD_NUMBER_REFUSED")]
)
async def test_a_card_number_for_a_sku_is_not_repeated(
    orders: Orders, number: str, code: str
) -> None:
    """PA-2: one as short as a barcode is refused where the catalog does not know it."""
    site = await orders.site()
    body = {"site": site.code, "lines": [{"sku": number, "units": 1}]}
    found = problem(await orders.post(body), 422, code, "/lines/0/sku")
    assert "CARD_NUMBER_REFUSED" in str(found)
    assert number not in str(found)


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        (
            {"shipping": {"cost": {"minor": 1, "currency": "EUR"}}},
            "CURRENCY_MISMATCH",
            "/shipping/cost/currency",
        ),
        ({"shipping": {"cost": gbp(-1)}}, "AMOUNT_OUT_OF_RANGE", "/shipping/cost/minor"),
        (
            {
                "lines": [
                    {
                        "sku": "MUG",
                        "units": 2,
                        "price": {"unit": gbp(MAX_MINOR), "reason": "typing error"},
                    }
                ]
            },
            "AMOUNT_OUT_OF_RANGE",
            "/lines/0/price/unit",
        ),
        (
            {"shipping": {"cost": gbp(MAX_MINOR)}},
            "AMOUNT_OUT_OF_RANGE",
            "/shipping/cost",
        ),
        ({"payments": [{"method": "card"}]}, "PAYMENT_TOKEN_MISSING", "/payments/0/token"),
        ({"payments": [{"method": "gift-card"}]}, "PAYMENT_TOKEN_MISSING", "/payments/0/token"),
        (
            {"payments": [{"method": "bank-transfer", "token": "tok"}]},
            "PAYMENT_TOKEN_NOT_WANTED",
            "/payments/0/token",
        ),
        (
            {"payments": [{"method": "purchase-order"}]},
            "PAYMENT_TERMS_MISSING",
            "/payments/0/terms",
        ),
        (
            {"payments": [{"method": "check", "amount": gbp(1201)}]},
            "PAYMENTS_EXCEED_TOTAL",
            "/payments/0/amount",
        ),
        (
            {"payments": [{"method": "check"}, {"method": "check"}]},
            "NOTHING_LEFT_TO_PAY",
            "/payments/1/amount",
        ),
        (
            {"payments": [{"method": "check"}], "customer_id": None},
            "ORDER_HAS_NO_DETAILS",
            "/payments/0",
        ),
    ],
)
async def test_what_does_not_fit_the_order_is_named(
    orders: Orders, change: dict[str, Any], code: str, pointer: str
) -> None:
    """PA-1, PA-3, PA-8, CP-8."""
    body = {
        "site": (await orders.site()).code,
        "customer_id": orders.shop.customer(),
        "lines": [{"sku": "MUG", "units": 1}],
    }
    problem(await orders.post({**body, **change}), 422, code, pointer)
