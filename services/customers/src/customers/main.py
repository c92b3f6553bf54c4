"""Where the customers service is put together."""

from datetime import timedelta
from pathlib import Path

from chassis.service import Runtime, Service
from fastapi import FastAPI

from customers.api import (
    addresses,
    beside,
    customers,
    imports,
    invitations,
    levels,
    listing,
    sites,
    storefront,
)
from customers.gateways.announcer import Announcer
from customers.gateways.mailer import Mailer
from customers.gateways.smtp import SmtpServer
from customers.handlers.subscriptions import subscriptions
from customers.settings import CustomersSettings
from customers.storage.tables import messaging
from customers.storage.unit_of_work import SqlUnitOfWork

MIGRATIONS = Path(__file__).parents[2] / "migrations"


async def send_mails(runtime: Runtime) -> None:
    """Send what mails are due, until cancelled; without a mail server they stay where they are."""
    settings = _settings(runtime)
    if settings.smtp_url is None:
        return
    server = SmtpServer.of(
        settings.smtp_url, mail_from=settings.mail_from, timeout=settings.mail_timeout
    )
    await Mailer(
        runtime.sessions,
        server,
        timedelta(seconds=settings.mail_timeout),
        timedelta(seconds=settings.mail_first_rest),
    ).run()


async def announce_sites(runtime: Runtime) -> None:
    """Tell sites once more of which this release tells more than the one before."""
    await Announcer(runtime.sessions).run()
    runtime.committed()


def _prepare(app: FastAPI, runtime: Runtime) -> None:
    app.state.sends_mail = _settings(runtime).smtp_url is not None


def _settings(runtime: Runtime) -> CustomersSettings:
    settings = runtime.settings
    if not isinstance(settings, CustomersSettings):
        raise TypeError(f"settings are {type(settings).__name__}, not SERVICE.settings")
    return settings


SERVICE = Service(
    name="customers",
    title="Tradecounter customers",
    subscriptions=subscriptions,
    unit_of_work=SqlUnitOfWork,
    tables=messaging,
    migrations=MIGRATIONS,
    routers=(
        sites.sets,
        levels.router,
        sites.router,
        listing.router,
        customers.router,
        addresses.router,
        beside.router,
        invitations.customers,
        invitations.router,
        storefront.router,
        imports.router,
    ),
    background=(send_mails, announce_sites),
    settings=CustomersSettings,
    prepares=_prepare,
)
