"""The test gateway over HTTP: its ledger, and what a customer would do at the bank's page."""

from typing import Annotated
from uuid import UUID

from chassis.http import Body, Page, Paged, page_of
from chassis.problems import Problem, not_found
from chassis.requests import InTransaction, Reading
from contracts.values import PaymentId
from fastapi import APIRouter, Depends, Request
from pydantic import StrictBool

from payments.api.access import PREFIX, Work, Writer, place_after
from payments.domain.methods import GatewayName
from payments.gateways.test_gateway import TestGateway
from payments.handlers.webhooks import hear
from payments.queries.ledger import EntryView, list_entries
from payments.queries.payments import PaymentView, payment

router = APIRouter(prefix=f"{PREFIX}/test-gateway", tags=["test gateway"])


@router.get("/transactions")
async def get_transactions(
    scope: Writer, session: Reading, page: Paged, payment_id: UUID | None = None
) -> Page[EntryView]:
    """List authorisations, declines, captures, refunds and voids, oldest first."""
    rows = await list_entries(
        scope,
        session,
        payment_id=None if payment_id is None else PaymentId(payment_id),
        after=place_after(page),
        limit=page.limit + 1,
    )
    return page_of(rows, page.limit, key=lambda entry: (entry.id,))


class ActionBody(Body):
    """Whether the customer proves at the bank's page to be the customer."""

    succeeds: StrictBool


async def _seen_payment(payment_id: UUID, scope: Writer, tx: InTransaction) -> PaymentView:
    found = await payment(scope, tx.session, PaymentId(payment_id))
    if found is None or found.gateway != GatewayName.TEST:
        raise not_found("payment")
    return found


@router.post("/payments/{payment_id}/action")
async def post_action(
    body: ActionBody,
    found: Annotated[PaymentView, Depends(_seen_payment, scope="function")],
    work: Work,
    request: Request,
) -> PaymentView:
    """Do what the customer does at the bank's page; the gateway's webhooks follow at once."""
    gateway: TestGateway = request.app.state.test_gateway
    events = await gateway.act(found.id, succeeds=body.succeeds)
    if not events:
        raise Problem(409, "NO_ACTION_REQUIRED", "the test gateway waits for no action")
    for event in events:
        await hear(GatewayName.TEST, event, work, payment_id=found.id)
    return found
