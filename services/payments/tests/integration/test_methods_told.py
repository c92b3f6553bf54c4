from contracts.payments.questions import TellMethods
from contracts.payments.replies import MethodsTold
from contracts.values import SiteId, new_id
from messaging.outbox import Outbox
from payments.domain.methods import GatewayName, Method
from payments.handlers.sites import enable_method
from payments.handlers.subscriptions import subscriptions
from payments.storage.tables import messaging
from payments.storage.unit_of_work import SqlUnitOfWork

from services.payments.tests.driving import Payments


async def told(payments: Payments, site_id: SiteId) -> dict[str, tuple[str | None, bool]]:
    """Give gateway, and whether tokens are offered, by method."""
    async with payments.sessions() as session:
        uow = SqlUnitOfWork(session, Outbox("payments", messaging.outbox))
        question = TellMethods(site_id=site_id)
        answer = await subscriptions().by_type[question.type].handler(question, uow)
    assert isinstance(answer, MethodsTold)
    return {one.code: (one.gateway, bool(one.tokens)) for one in answer.methods}


async def test_others_are_told_what_a_site_offers(payments: Payments) -> None:
    """PA-3: what staff have not decided on is offered; Stripe's tokens come from its own field."""
    site = await payments.site()
    assert await told(payments, SiteId(new_id())) == {}
    everything = await told(payments, site)
    assert set(everything) == {method.value for method in Method}
    assert everything["card"] == ("test", True)
    assert everything["check"] == (None, False)

    async with payments.sessions.begin() as session:
        uow = SqlUnitOfWork(session, Outbox("payments", messaging.outbox))
        await enable_method(site, Method.CHECK, uow, enabled=False)
        await enable_method(site, Method.CARD, uow, enabled=True, gateway=GatewayName.STRIPE)
    now = await told(payments, site)
    assert "check" not in now
    assert now["card"] == ("stripe", False)
