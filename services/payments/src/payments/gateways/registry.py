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


@asynccontextmanager
async def open_gateways(
    settings: PaymentsSettings, books: async_sessionmaker[AsyncSession]
) -> AsyncGenerator[Mapping[str, Gateway]]:
    """Give each gateway by its name; those with books of their own open sessions on ``books``."""
    known: dict[str, Gateway] = {
        GatewayName.TEST.value: TestGateway(books),
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
        return_url=settings.stripe_return_url,
    )
    try:
        yield {**known, GatewayName.STRIPE.value: stripe}
    finally:
        await stripe.close()
