"""The comparison of gateways, payments and orders, with planted faults."""

from datetime import timedelta
from uuid import uuid4

from contracts.orders.events import OrderCancelled
from contracts.values import OrderId, SiteId
from payments.domain.gateway import Charge
from payments.gateways.reconciler import Reconciler
from payments.gateways.tables import charges
from payments.gateways.test_gateway import TestGateway

from services.payments.tests.api import Api
from services.payments.tests.driving import Payments, an_authorisation
from services.payments.tests.requests import post
from tests.support import eventually

DAY = timedelta(days=1)


def a_reconciler(payments: Payments) -> Reconciler:
    gateways = {"test": TestGateway(payments.books)}
    return Reconciler(payments.sessions, gateways, DAY, 24, settling=timedelta(0))


async def test_books_that_agree_and_planted_faults_that_do_not(
    payments: Payments, api: Api
) -> None:
    """I4, PA-8, SU-8: each fault is found, by its name."""
    site, order = await payments.site(), OrderId(uuid4())
    asked = [an_authorisation(site, order_id=order) for _ in range(3)]
    async with payments.calling():
        ids = await payments.send(*asked, an_authorisation(site, "tok_decline"))
        for id_ in ids:
            await eventually(lambda id_=id_: payments.answered(id_))
    reconciler = a_reconciler(payments)

    assert await findings(api, reconciler, "first") == []

    stranger = an_authorisation(site)
    await TestGateway(payments.books).authorise(
        Charge(stranger.payment_id, stranger.amount, "tok_ok")
    )
    async with payments.books.begin() as session:
        connection = await session.connection()
        ids = [one.payment_id for one in asked]
        of = charges.c.reference
        await connection.execute(charges.update().where(of == ids[0]).values(captured=7))
        await connection.execute(charges.delete().where(of == ids[1]))
    await payments.send(OrderCancelled(order_id=order, site_id=site, order_number="UK-1"))

    assert await findings(api, reconciler, "second") == [
        ("amounts-differ", str(asked[0].payment_id)),
        ("held-for-nothing", None),
        ("missing-at-gateway", str(asked[1].payment_id)),
        ("unknown-to-us", str(stranger.payment_id)),
    ]


async def findings(api: Api, reconciler: Reconciler, key: str) -> list[tuple[str, str | None]]:
    asked = await post(api, "/reconciliations", {"hours": 1}, key)
    assert asked.status_code == 202, asked.text
    assert await reconciler.once()
    assert not await reconciler.once()
    run = await api.get(f"/reconciliations/{asked.json()['id']}")
    assert (run["state"], run["requested_by"]) == ("done", "clerk"), run["trouble"]
    return sorted((one["trouble"], one["payment_id"]) for one in run["findings"])


async def test_one_is_made_now_and_then_without_being_asked(payments: Payments, api: Api) -> None:
    """I6: of several workers one does it."""
    first, second = a_reconciler(payments), a_reconciler(payments)
    for reconciler in (first, second, first):
        await reconciler.request_when_due()

    assert await first.once()
    (run,) = (await api.get("/reconciliations"))["items"]
    assert (run["requested_by"], run["compared"], run["findings"]) == (None, 0, [])


async def test_a_gateway_that_is_away_is_said(payments: Payments, api: Api) -> None:
    """I6: a comparison that cannot be made is not one that found nothing."""
    reconciler = a_reconciler(payments)
    asked = await post(api, "/reconciliations", {})
    async with payments.books.begin() as session:
        connection = await session.connection()
        await connection.exec_driver_sql("ALTER TABLE test_gateway_charge RENAME TO gone")

    await reconciler.once()

    run = await api.get(f"/reconciliations/{asked.json()['id']}")
    assert run["state"] == "failed"
    assert run["trouble"]


async def test_staff_of_some_sites_do_not_compare_the_books(payments: Payments, api: Api) -> None:
    """SC-1."""
    run = (await post(api, "/reconciliations", {})).json()
    staff = api.staff(SiteId(uuid4()))

    assert (await post(staff, "/reconciliations", {})).status_code == 403
    assert (await staff.call("GET", f"/reconciliations/{run['id']}")).status_code == 404
    assert (await staff.get("/reconciliations"))["items"] == []
