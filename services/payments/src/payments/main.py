"""Where the payments service is put together."""

from datetime import timedelta
from pathlib import Path

from chassis.database import create_engine, sessions
from chassis.service import Runtime, Service
from fastapi import FastAPI

from payments.api import methods, operations, payments, test_gateway
from payments.gateways.caller import Caller, Pace
from payments.gateways.registry import gateways
from payments.handlers.subscriptions import subscriptions
from payments.settings import PaymentsSettings
from payments.storage.tables import messaging
from payments.storage.unit_of_work import SqlUnitOfWork

MIGRATIONS = Path(__file__).parents[2] / "migrations"

_SETTLING = timedelta(seconds=10)
"""What a lease lasts beyond a look-up and a call that are both given up."""


async def call_gateway(runtime: Runtime) -> None:
    """Call the gateway for payments that are due, until cancelled."""
    settings = runtime.settings
    if not isinstance(settings, PaymentsSettings):
        raise TypeError(f"settings are {type(settings).__name__}, not SERVICE.settings")
    books = create_engine(settings.database_url, pool_size=5)
    try:
        known = gateways(sessions(books))
        await Caller(runtime.sessions, known, _pace(settings), runtime.committed).run()
    finally:
        await books.dispose()


def _pace(settings: PaymentsSettings) -> Pace:
    timeout = timedelta(seconds=settings.gateway_timeout)
    return Pace(
        timeout=timeout,
        lease=2 * timeout + _SETTLING,
        first_rest=timedelta(seconds=settings.gateway_first_rest),
        longest_rest=timedelta(seconds=settings.gateway_longest_rest),
        at_once=settings.gateway_calls,
    )


def prepare(app: FastAPI, runtime: Runtime) -> None:
    """Let requests reach the gateways."""
    app.state.gateways = gateways(runtime.sessions)


SERVICE = Service(
    name="payments",
    title="Tradecounter payments",
    subscriptions=subscriptions,
    unit_of_work=SqlUnitOfWork,
    tables=messaging,
    migrations=MIGRATIONS,
    routers=(payments.router, operations.router, methods.router, test_gateway.router),
    background=(call_gateway,),
    settings=PaymentsSettings,
    prepares=prepare,
)
