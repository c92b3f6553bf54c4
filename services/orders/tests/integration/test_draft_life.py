"""A draft is worked on, parked, taken over, kept for the customer, moved, held."""

from typing import Any
from uuid import UUID

from contracts.catalog.commands import HoldStock, ReleaseStock, ReserveStock
from contracts.catalog.replies import Shortage, StockRefused
from contracts.customers.replies import CustomerRefused
from contracts.values import CustomerId

from services.orders.tests.driving import ALL, Orders, gbp, problem

BOSS = (*ALL, "orders.take-over", "sites.write")


async def test_a_draft_is_leased_parked_and_resumed(orders: Orders) -> None:
    """SN-2: one CSR at a time; parked, anybody resumes it with everything in it."""
    order = await orders.full_draft(await orders.site())
    path, other = f"/{order['id']}", orders.staff(name="other")
    leased = await orders.done("PUT", path + "/lease", {"seconds": 60})
    assert (leased["lease"]["staff_id"], leased["version"]) == ("clerk", order["version"])
    await orders.done("PUT", path + "/shipping", {"cost": gbp(1)})
    edit = await other.call("PUT", path + "/shipping", {"cost": gbp(2)})
    assert problem(edit, 409, "LEASE_HELD")["lease"]["staff_id"] == "clerk"
    problem(await other.call("PUT", path + "/lease", {}), 409, "LEASE_HELD")
    problem(await other.submit(order), 409, "LEASE_HELD")
    await other.done("DELETE", path + "/lease")  # not theirs: nothing changes
    problem(await other.call("PUT", path + "/lease", {}), 409, "LEASE_HELD")
    await orders.done("DELETE", path + "/lease")
    resumed = await other.done("PUT", path + "/lease", {})
    assert (resumed["lease"]["staff_id"], len(resumed["lines"])) == ("other", 1)


async def test_a_lease_runs_out_by_itself(orders: Orders) -> None:
    """SN-2: a closed tab keeps nobody out for long."""
    order = await orders.full_draft(await orders.site())
    await orders.done("PUT", f"/{order['id']}/lease", {})
    await orders.sql(
        "UPDATE orders SET leased_until = now() - interval '1 second' WHERE id = :id RETURNING id",
        id=UUID(order["id"]),
    )
    other = orders.staff(name="other")
    await other.done("PUT", f"/{order['id']}/shipping", {"cost": gbp(2)})


async def test_a_take_over_needs_a_permission_and_is_recorded(orders: Orders) -> None:
    """SN-2, SC-2."""
    order = await orders.full_draft(await orders.site())
    path = f"/{order['id']}"
    await orders.done("PUT", path + "/lease", {})
    other = orders.staff(name="other")
    refused = await other.call("PUT", path + "/lease", {"take_over": True})
    assert problem(refused, 403, "PERMISSION_DENIED")["permission"] == "orders.take-over"
    boss = orders.staff(permissions=BOSS, name="boss")
    await boss.done("PUT", path + "/lease", {"take_over": True})
    entry = (await orders.get(order, "/changes"))["items"][-1]
    assert (entry["action"], entry["before"], entry["after"]) == (
        "draft taken over",
        "clerk",
        "boss",
    )
    problem(await orders.call("PUT", path + "/shipping", {"cost": gbp(1)}), 409, "LEASE_HELD")


async def test_a_draft_is_kept_for_the_customer(orders: Orders) -> None:
    """SN-1: Done keeps what was built; it stays a draft."""
    order = await orders.full_draft(await orders.site())
    path = f"/{order['id']}/done"
    kept = await orders.done("PUT", path, {"done": True})
    assert (kept["kept_for_customer"], kept["state"]) == (True, "draft")
    assert not (await orders.done("PUT", path, {"done": False}))["kept_for_customer"]
    empty = await orders.draft(await orders.site())
    nobody = await orders.call("PUT", f"/{empty['id']}/done", {"done": True})
    problem(nobody, 422, "CUSTOMER_MISSING", "/customer_id")


async def test_a_draft_goes_to_another_site_of_the_set(orders: Orders) -> None:
    """CS-8: shown first; customer, lines, notes and gift messages stay."""
    site = await orders.site()
    other = await orders.site(customer_set_id=site.customer_set_id)
    order = await orders.full_draft(site, staff_note="by phone", gift_message="Congratulations")
    path = f"/{order['id']}/site"
    orders.shop.prices["MUG"] = 1500
    shown = await orders.done("PUT", path, {"site": other.code})
    assert (shown["accepted"], shown["customer_kept"]) == (False, True)
    assert shown["differences"]["lines"][0]["now"]["unit_price"] == gbp(1500)
    assert await orders.get(order) == order

    moved = await orders.done("PUT", path, {"site": other.code, "accept": True})
    now = moved["order"]
    assert (now["site"], now["totals"]["total"]) == (other.code, gbp(3000))
    assert (now["customer"], now["staff_note"], now["gift_message"]) == (
        order["customer"],
        "by phone",
        "Congratulations",
    )
    assert now["number"] != order["number"]
    assert (await orders.get(order))["number"] == now["number"]
    listed = (await orders.done("GET", f"?site={other.code}"))["items"]
    assert [one["id"] for one in listed] == [order["id"]]


async def test_what_another_currency_and_set_do_not_take_is_named(orders: Orders) -> None:
    """CS-8: the answer is a diff; the customer of another set goes."""
    site, abroad = await orders.site(), await orders.site(currency="EUR", country="FR")
    order = await orders.full_draft(
        site,
        lines=[{"sku": "MUG", "units": 1, "price": {"unit": gbp(1), "reason": "friend"}}],
        shipping={"cost": gbp(5)},
        payments=[{"method": "check"}],
    )
    orders.shop.currency = "EUR"
    body = {"site": abroad.code, "accept": True}
    of_another_set(orders, order)
    moved = await orders.done("PUT", f"/{order['id']}/site", body)
    assert not moved["customer_kept"]
    assert set(moved["dropped"]) == {"shipping", "payments", "buyer", "lines/0/manual"}
    assert moved["order"]["totals"]["total"] == {"minor": 1200, "currency": "EUR"}


async def test_a_customer_who_moved_meanwhile_goes_along_or_stays_behind(orders: Orders) -> None:
    """CS-5, CS-8: whose customer they are is asked, whatever sets the sites are of."""
    site, other = await orders.site(), await orders.site()
    order = await orders.full_draft(site)
    moved = await orders.done("PUT", f"/{order['id']}/site", {"site": other.code})
    assert (moved["customer_kept"], moved["order"]["customer"]) == (True, order["customer"])

    sister = await orders.site(customer_set_id=site.customer_set_id)
    of_another_set(orders, order)
    moved = await orders.done("PUT", f"/{order['id']}/site", {"site": sister.code, "accept": True})
    assert (moved["customer_kept"], moved["order"]["customer"]) == (False, None)


def of_another_set(orders: Orders, order: dict[str, Any]) -> None:
    id_ = CustomerId(UUID(order["customer"]["id"]))
    orders.shop.customers[id_] = CustomerRefused(
        code="CUSTOMER_SET_MISMATCH", detail="another set", customer_id=id_
    )


async def test_a_reference_of_the_other_site_is_not_taken_twice(orders: Orders) -> None:
    site, other = await orders.site(), await orders.site()
    first = await orders.draft(other, external_reference="A1")
    second = await orders.draft(site, external_reference="A1")
    body = {"site": other.code, "accept": True}
    answer = await orders.call("PUT", f"/{second['id']}/site", body)
    assert problem(answer, 409, "EXTERNAL_REFERENCE_TAKEN")["order_id"] == first["id"]
    assert (await orders.get(second))["site"] == site.code


async def holding(orders: Orders, **more: object) -> dict[str, Any]:
    site = await orders.site()
    boss = orders.staff(permissions=BOSS)
    await orders.client.put(
        f"/api/orders/v1/sites/{site.code}/policy",
        json={"hold_minutes": 15},
        headers={"Authorization": f"Bearer {boss.token}"},
    )
    return await orders.full_draft(site, **more)


def heard(orders: Orders, kind: type, order: dict[str, Any]) -> list[Any]:
    mine = [one for one in orders.shop.heard if isinstance(one, kind)]
    return [one for one in mine if str(getattr(one, "order_id", order["id"])) == order["id"]]


async def test_a_draft_holds_its_stock_where_the_site_says_so(orders: Orders) -> None:
    """IN-11: shown on the draft, and used up by its own submission."""
    order = await holding(orders)
    await orders.carry()
    hold = await orders.get(order, "/hold")
    assert [(one["sku"], one["units"]) for one in hold["lines"]] == [("MUG", 2)]
    await orders.done("PATCH", f"/{order['id']}/lines/1", {"units": 3})
    await orders.done("PUT", f"/{order['id']}/notes", {"staff_note": "nothing to hold"})
    await orders.carry()
    asked = heard(orders, HoldStock, order)
    assert [one.sequence for one in asked] == [1, 2]
    assert {str(one.hold_id) for one in asked} == {order["hold_id"]}
    assert (await orders.submit(order)).status_code == 202
    await orders.carry()
    reserve = heard(orders, ReserveStock, order)[-1]
    assert (str(reserve.hold_id), (await orders.get(order))["hold_id"]) == (order["hold_id"], None)


async def test_a_cancelled_draft_frees_its_hold(orders: Orders) -> None:
    """SN-1: Cancel drops the draft and frees every hold."""
    order = await holding(orders)
    await orders.done("POST", f"/{order['id']}/cancellation")
    await orders.carry()
    released = heard(orders, ReleaseStock, order)
    assert order["hold_id"] in {str(one.submission_id) for one in released}


async def test_a_hold_that_is_refused_is_shown(orders: Orders) -> None:
    """IN-11: the draft stays, and says what is short."""

    def short(command: HoldStock) -> StockRefused:
        return StockRefused(
            code="OUT_OF_STOCK",
            detail="short",
            submission_id=command.hold_id,  # pyright: ignore[reportArgumentType]
            shortages=(Shortage(sku=command.lines[0].sku, wanted=2, available=1),),
        )

    orders.shop.says[HoldStock] = short
    order = await holding(orders)
    await orders.carry()
    hold = await orders.get(order, "/hold")
    assert hold["refusals"][0]["detail"] == "MUG: 2 wanted, 1 left"
    assert (await orders.get(order))["state"] == "draft"
    plain = await orders.full_draft(await orders.site())
    problem(await orders.call("POST", f"/{plain['id']}/hold"), 422, "NO_HOLDS")
    problem(await orders.call("GET", f"/{plain['id']}/hold"), 404, "NOT_FOUND")
    del orders.shop.says[HoldStock]
    assert (await orders.call("POST", f"/{order['id']}/hold")).status_code == 202
    await orders.carry()
    assert (await orders.get(order, "/hold"))["lines"]
