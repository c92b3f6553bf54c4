"""The gateways that this installation has."""

from collections.abc import AsyncGenerator, Collection, Mapping
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from payments.domain.gateway import Gateway
from payments.domain.methods import GatewayName
from payments.gateways.credit import CreditGateway
from payments.gateways.test_gateway import TestGateway
from payments.settings import PaymentsSettings


def card_gateways(settings: PaymentsSettings) -> Collection[str]:
    """Name the gateways that a site's cards may go through here."""
    names = [GatewayName.TEST.value]
    return names if settings.stripe_api_key is None else [*names, GatewayName.STRIPE.value]


def bank_of(settings: PaymentsSettings) -> str:
    """Give where the pages of the test gateway's bank are; a payment's id follows."""
    return f"{settings.public_url}/test-bank/"


def _returns_to(settings: PaymentsSettings) -> str | None:
    """Give where Stripe sends customers; what stands in for it (localstripe) takes no address."""
    stands_in = settings.stripe_api_base is not None
    return settings.return_url if stands_in else settings.returns_to


@asynccontextmanager
async def open_gateways(
    settings: PaymentsSettings, books: async_sessionmaker[AsyncSession]
) -> AsyncGenerator[Mapping[str, Gateway]]:
    """Give each gateway by its name; those with books of their own open sessions on ``books``."""
    known: dict[str, Gateway] = {
        GatewayName.TEST.value: TestGateway(books, bank=bank_of(settings)),
        GatewayName.CREDIT.value: CreditGateway(books),
    }
    if settings.stripe_api_key is None:
        yield known
        return
    # Stripe's SDK is large: it is loaded where it is used.
    from payments.gateways.stripe import StripeGateway  # noqa: PLC0415

    stripe = StripeGateway(
        settings.stripe_api_key.get_secret_value(),
        base=settings.stripe_api_base,
        return_url=_returns_to(settings),
    )
    try:
        yield {**known, GatewayName.STRIPE.value: stripe}
    finally:
        await stripe.close()
