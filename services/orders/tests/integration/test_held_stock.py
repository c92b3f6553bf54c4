"""Staff see where each product of an order lies; over the real API."""

from typing import Any

from contracts.catalog.questions import TellHeldStock
from contracts.catalog.replies import HeldForOrder

from services.orders.tests.driving import Orders, problem
from services.orders.tests.shop import DEPOT, SOHO

LINES = [
    {"sku": "MUG", "units": 2, "fulfilment": "pickup", "location": "soho"},
    {"sku": "TEE", "units": 4},
    {"sku": "MUG", "units": 3},
]


def lies(sku: str, at: Any, units: int, **more: Any) -> HeldForOrder:  # noqa: ANN401
    known = {"sku": sku, "location_id": at.location_id, "location": at.code, "units": units}
    return HeldForOrder.model_validate({"state": "allocated", **known, **more})


async def test_each_product_is_shown_by_the_locations_it_lies_at(orders: Orders) -> None:
    """IN-10, FU-1: what is split over locations, for the lines of the product."""
    order = await orders.full_draft(await orders.site(), lines=LINES, submit=True)
    orders.shop.lying = (
        lies("MUG", DEPOT, 3, state="reserved"),
        lies("MUG", SOHO, 2, state="reserved"),
        lies("TEE", DEPOT, 4, pending=2, backordered=1, state="reserved"),
    )
    under_way = await orders.get(order, "/stock")
    assert (under_way["order_id"], under_way["state"]) == (order["id"], "submitting")
    mug, tee = under_way["products"]
    assert mug == {
        "sku": "MUG",
        "lines": [1, 3],
        "parcels": [
            parcel(DEPOT, 3, state="reserved"),
            parcel(SOHO, 2, state="reserved"),
        ],
    }
    assert (tee["sku"], tee["lines"]) == ("TEE", [2])
    assert tee["parcels"] == [parcel(DEPOT, 4, pending=2, backordered=1, state="reserved")]

    await orders.carry()
    # a revision took the tees off; the catalog has not taken them back yet
    path = f"/{order['id']}/revision"
    await orders.done("POST", path, {"lines": [{"line_id": 2, "units": 0}]}, Idempotency_Key="less")
    await orders.carry()
    orders.shop.lying = (lies("MUG", DEPOT, 5), lies("TEE", DEPOT, 4))
    done = await orders.get(order, "/stock")
    assert done["state"] == "submitted"
    assert [(one["sku"], one["lines"]) for one in done["products"]] == [
        ("MUG", [1, 3]),
        ("TEE", []),
    ]
    asked = (one for one in orders.shop.asked if isinstance(one, TellHeldStock))
    assert {str(one.order_id) for one in asked} == {order["id"]}


def parcel(at: Any, units: int, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    place = {"id": str(at.location_id), "code": at.code}
    return {"location": place, "units": units, "pending": 0, "backordered": 0, **more}


async def test_a_draft_shows_what_it_holds_and_mostly_that_is_nothing(orders: Orders) -> None:
    """IN-10, IN-11."""
    order = await orders.full_draft(await orders.site())
    shown = await orders.get(order, "/stock")
    assert (shown["state"], shown["products"]) == ("draft", [])
    orders.shop.lying = (lies("MUG", SOHO, 2, state="held"),)
    [mug] = (await orders.get(order, "/stock"))["products"]
    assert mug["parcels"] == [parcel(SOHO, 2, state="held")]


async def test_who_may_not_see_the_order_does_not_see_its_stock(orders: Orders) -> None:
    """IN-10, SC-1: as if the order were not there, and the catalog is not asked."""
    order = await orders.full_draft(await orders.site())
    elsewhere = orders.staff((await orders.site()).site_id)
    path = f"/{order['id']}/stock"
    problem(await elsewhere.call("GET", path), 404, "NOT_FOUND")
    nobody = orders.staff(permissions=("orders.write",))
    problem(await nobody.call("GET", path), 403, "PERMISSION_DENIED")
    assert not any(isinstance(one, TellHeldStock) for one in orders.shop.asked)


async def test_a_catalog_that_is_away_is_named(orders: Orders) -> None:
    """IN-10: 503, as with every other question."""
    order = await orders.full_draft(await orders.site())
    orders.shop.away.add("catalog")
    refused = problem(await orders.call("GET", f"/{order['id']}/stock"), 503, "SERVICE_UNANSWERED")
    assert refused["service"] == "catalog"
