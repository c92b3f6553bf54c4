"""The gateways that this installation has."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from payments.domain.gateway import Gateway
from payments.domain.methods import GatewayName
from payments.gateways.test_gateway import TestGateway


def gateways(books: async_sessionmaker[AsyncSession]) -> Mapping[str, Gateway]:
    """Give each gateway by its name; those with books of their own open sessions on ``books``."""
    return {GatewayName.TEST.value: TestGateway(books)}
