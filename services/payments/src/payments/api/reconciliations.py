"""Comparisons of gateways, payments and orders, over HTTP."""

from typing import Annotated

from annotated_types import Ge, Le, Lt
from chassis.http import Body, Once, Page, Paged, page_of
from chassis.problems import Problem, not_found
from chassis.requests import InTransaction, Reading
from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, StrictInt

from payments.api.access import PREFIX, Reader, Work, Writer
from payments.queries.reconciliations import (
    ReconciliationView,
    list_reconciliations,
    reconciliation,
)

router = APIRouter(prefix=f"{PREFIX}/reconciliations", tags=["reconciliation"])

_RunId = Annotated[int, Ge(1), Lt(2**63)]


class ReconciliationBody(Body):
    """How far back payments are compared, in hours."""

    hours: Annotated[StrictInt, Ge(1), Le(24 * 31)] = 24


@router.get("")
async def get_reconciliations(
    scope: Reader, session: Reading, page: Paged
) -> Page[ReconciliationView]:
    """List comparisons, newest first; for staff of all sites."""
    key = page.key(_RunId)
    before = None if key is None else key[0]
    rows = await list_reconciliations(scope, session, before=before, limit=page.limit + 1)
    return page_of(rows, page.limit, key=lambda run: (run.id,))


@router.get("/{run_id}")
async def get_reconciliation(
    run_id: Annotated[_RunId, Path()], scope: Reader, session: Reading
) -> ReconciliationView:
    """Give a comparison and what it found; for staff of all sites."""
    found = await reconciliation(scope, session, run_id)
    if found is None:
        raise not_found("reconciliation")
    return found


@router.post("", status_code=202, response_model=ReconciliationView)
async def post_reconciliation(
    body: ReconciliationBody, scope: Writer, work: Work, tx: InTransaction, once: Once
) -> Response:
    """Ask for a comparison; it is carried out by the worker, and found under its id."""
    if scope.sites is not None:
        detail = "only staff of all sites compare the books"
        raise Problem(403, "PERMISSION_DENIED", detail, permission="payments.write")

    async def ask() -> tuple[int, BaseModel, dict[str, str]]:
        run_id = await work.reconciliations.request(body.hours, scope.staff_id)
        made = await reconciliation(scope, tx.session, run_id)
        if made is None:
            raise LookupError(f"reconciliation {run_id} has gone")
        return 202, made, {}

    return await once.run(ask)
