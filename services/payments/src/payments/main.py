"""Where the payments service is put together."""

from datetime import timedelta
from pathlib import Path

from chassis.database import create_engine, sessions
from chassis.service import Runtime, Service
from fastapi import FastAPI

from payments.api import (
    balance,
    credit,
    methods,
    operations,
    payments,
    reconciliations,
    terms,
    test_bank,
    test_gateway,
    webhooks,
)
from payments.gateways.caller import Caller, Pace
from payments.gateways.reconciler import Reconciler
from payments.gateways.registry import bank_of, card_gateways, open_gateways
from payments.gateways.test_gateway import TestGateway
from payments.handlers.subscriptions import subscriptions
from payments.settings import PaymentsSettings
from payments.storage.tables import messaging
from payments.storage.unit_of_work import SqlUnitOfWork

MIGRATIONS = Path(__file__).parents[2] / "migrations"

_SETTLING = timedelta(seconds=10)
"""What a lease lasts beyond a look-up and a call that are both given up."""


async def call_gateway(runtime: Runtime) -> None:
    """Call the gateway for payments that are due, until cancelled."""
    settings = _settings(runtime)
    books = create_engine(settings.database_url, pool_size=5)
    try:
        async with open_gateways(settings, sessions(books)) as known:
            await Caller(runtime.sessions, known, _pace(settings), runtime.committed).run()
    finally:
        await books.dispose()


async def reconcile(runtime: Runtime) -> None:
    """Compare the gateways' books with ours when someone asks, and every so often."""
    settings = _settings(runtime)
    books = create_engine(settings.database_url, pool_size=2)
    every = timedelta(hours=settings.reconcile_every)
    try:
        async with open_gateways(settings, sessions(books)) as known:
            hours = settings.reconcile_hours
            await Reconciler(runtime.sessions, known, every, hours).run()
    finally:
        await books.dispose()


def _settings(runtime: Runtime) -> PaymentsSettings:
    if not isinstance(runtime.settings, PaymentsSettings):
        raise TypeError(f"settings are {type(runtime.settings).__name__}, not SERVICE.settings")
    return runtime.settings


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
    settings = _settings(runtime)
    app.state.card_gateways = card_gateways(settings)
    app.state.test_gateway = TestGateway(runtime.sessions, bank=bank_of(settings))
    app.state.returns_to = settings.returns_to
    app.state.stripe_webhook_secret = settings.stripe_webhook_secret


SERVICE = Service(
    name="payments",
    title="Tradecounter payments",
    subscriptions=subscriptions,
    unit_of_work=SqlUnitOfWork,
    tables=messaging,
    migrations=MIGRATIONS,
    routers=(
        payments.router,
        operations.router,
        methods.router,
        test_gateway.router,
        test_bank.router,
        webhooks.router,
        credit.router,
        terms.router,
        balance.router,
        reconciliations.router,
    ),
    background=(call_gateway, reconcile),
    settings=PaymentsSettings,
    prepares=prepare,
)
