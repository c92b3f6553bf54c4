"""The composition root: what the orders service is made of."""

from pathlib import Path

import contracts.catalogue  # noqa: F401  # pyright: ignore[reportUnusedImport]  replies by name
from chassis.service import Runtime, Service
from contracts.orders.commands import (
    ApplyRevision,
    NoteCancellation,
    NoteHandOver,
    NoteHold,
    RejectRevision,
    ReturnOrder,
    SubmitOrder,
)
from fastapi import FastAPI
from messaging.saga.runner import SagaRunner

from orders.api import (
    attention,
    bases,
    cancellations,
    carts,
    checkout,
    drafts,
    extras,
    hand_overs,
    life,
    order_imports,
    orders,
    revisions,
    sites,
    storefront,
    submissions,
    takeovers,
    vouchers,
)
from orders.api.pages import install_pages
from orders.api.refusals import install_refusals
from orders.gateways.links import LinkSigner
from orders.gateways.taxes import HttpTaxProvider
from orders.handlers.cancelling import note_cancellation
from orders.handlers.hand_overs import note_hand_over
from orders.handlers.holds import note_hold
from orders.handlers.quotes import TaxingAsker
from orders.handlers.revising import apply_revision, reject_revision
from orders.handlers.submission import return_order, submit_order
from orders.handlers.subscriptions import subscriptions
from orders.queries.progress import Progress
from orders.settings import OrdersSettings
from orders.storage.numbers import SqlNumbers
from orders.storage.tables import messaging
from orders.storage.unit_of_work import SAGAS, SqlUnitOfWork

__all__ = ["MIGRATIONS", "SAGAS", "SERVICE"]

MIGRATIONS = Path(__file__).parents[2] / "migrations"


def _prepare(app: FastAPI, runtime: Runtime) -> None:
    app.state.numbers = SqlNumbers(runtime.sessions)
    app.state.progress = Progress(runtime.databases.reading, runtime.stopping)
    _ask_about_taxes(runtime)
    app.state.link_signer = _link_signer(runtime)
    app.state.stripe_script = _settings(runtime).stripe_script
    install_refusals(app)
    install_pages(app)


def _ask_about_taxes(runtime: Runtime) -> None:
    settings = _settings(runtime)
    if settings.tax_url is not None:
        provider = HttpTaxProvider(settings.tax_url, settings.tax_timeout)
        runtime.asker = TaxingAsker(runtime.asker, provider)


def _settings(runtime: Runtime) -> OrdersSettings:
    if not isinstance(runtime.settings, OrdersSettings):
        raise TypeError(f"settings are {type(runtime.settings).__name__}, not SERVICE.settings")
    return runtime.settings


def _link_signer(runtime: Runtime) -> LinkSigner | None:
    settings = _settings(runtime)
    if settings.link_key is None:
        return None
    return LinkSigner.of(settings.link_key.get_secret_value(), settings.public_url)


def _sagas(runtime: Runtime) -> SagaRunner[SqlUnitOfWork]:
    return (
        SagaRunner(
            service="orders",
            tables=messaging,
            definitions=SAGAS,
            unit_of_work=SqlUnitOfWork,
            sessions=runtime.sessions,
            committed=runtime.committed,
        )
        .does(SubmitOrder, submit_order)
        .does(ReturnOrder, return_order)
        .does(NoteHold, note_hold)
        .does(NoteHandOver, note_hand_over)
        .does(ApplyRevision, apply_revision)
        .does(RejectRevision, reject_revision)
        .does(NoteCancellation, note_cancellation)
    )


SERVICE = Service(
    name="orders",
    title="Tradecounter orders",
    subscriptions=subscriptions,
    unit_of_work=SqlUnitOfWork,
    tables=messaging,
    migrations=MIGRATIONS,
    routers=(
        orders.router,
        drafts.router,
        extras.router,
        vouchers.router,
        life.router,
        hand_overs.router,
        checkout.router,
        storefront.router,
        submissions.router,
        cancellations.router,
        revisions.router,
        revisions.every,
        sites.router,
        carts.router,
        bases.router,
        takeovers.router,
        order_imports.router,
        attention.router,
    ),
    sagas=_sagas,
    settings=OrdersSettings,
    prepares=_prepare,
)
