"""The composition root: what the orders service is made of."""

from pathlib import Path

import contracts.catalogue  # noqa: F401  # pyright: ignore[reportUnusedImport]  replies by name
from chassis.service import Runtime, Service
from contracts.orders.commands import NoteHold, ReturnOrder, SubmitOrder
from fastapi import FastAPI
from messaging.saga.runner import SagaRunner

from orders.api import (
    attention,
    carts,
    drafts,
    extras,
    life,
    order_imports,
    orders,
    sites,
    submissions,
)
from orders.api.refusals import install_refusals
from orders.handlers.holds import note_hold
from orders.handlers.submission import return_order, submit_order
from orders.handlers.subscriptions import subscriptions
from orders.queries.progress import Progress
from orders.storage.numbers import SqlNumbers
from orders.storage.tables import messaging
from orders.storage.unit_of_work import SAGAS, SqlUnitOfWork

__all__ = ["MIGRATIONS", "SAGAS", "SERVICE"]

MIGRATIONS = Path(__file__).parents[2] / "migrations"


def _prepare(app: FastAPI, runtime: Runtime) -> None:
    app.state.numbers = SqlNumbers(runtime.sessions)
    app.state.progress = Progress(runtime.databases.reading, runtime.stopping)
    install_refusals(app)


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
        life.router,
        submissions.router,
        sites.router,
        carts.router,
        order_imports.router,
        attention.router,
    ),
    sagas=_sagas,
    prepares=_prepare,
)
