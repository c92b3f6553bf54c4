"""Sign-in invitations and mails over HTTP (CU-9)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from chassis.http import Once, Page, Paged, answer, page_of
from chassis.requests import Reading, public_unit_of_work
from contracts.values import CustomerId
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel

from customers.api.dependencies import PREFIX, Reader, Work, Writer
from customers.api.entries import AcceptanceBody, InvitationBody
from customers.api.refusals import refusals
from customers.handlers.invitations import accept_invitation, invite_customer
from customers.handlers.unit_of_work import UnitOfWork
from customers.queries.beside import MailView, list_mails

customers = APIRouter(prefix=f"{PREFIX}/customers/{{customer_id}}", tags=["invitations"])
router = APIRouter(prefix=PREFIX, tags=["invitations"])


class InvitationView(BaseModel):
    """An invitation that was written; the secret is in the mail only."""

    customer_id: CustomerId
    expires_at: datetime


class AcceptanceView(BaseModel):
    """Whose sign-in account it is: the orders made for this customer are theirs."""

    customer_id: CustomerId
    customer_set_id: UUID
    number: str
    email: str | None


PublicWork = Annotated[UnitOfWork, Depends(public_unit_of_work, scope="function")]


@customers.post("/invitation", status_code=202, response_model=InvitationView)
async def post_invitation(
    customer_id: UUID, body: InvitationBody, scope: Writer, work: Work, once: Once
) -> Response:
    """Send a mail with a link that works once and for three days, in the place of earlier ones."""

    async def make() -> tuple[int, InvitationView, Mapping[str, str]]:
        now, id_ = datetime.now(UTC), CustomerId(customer_id)
        with refusals():
            made = await invite_customer(id_, body.site, now, scope.sites, work)
        return 202, InvitationView(customer_id=id_, expires_at=made.expires_at), {}

    return await once.run(make)


@router.post("/invitations/acceptance", response_model=AcceptanceView)
async def post_acceptance(body: AcceptanceBody, work: PublicWork) -> Response:
    """Tell that a customer has signed in with the link; the storefront asks without a token.

    The secret comes in the body, where no log and no trace keeps it. It works once.
    """
    with refusals():
        customer = await accept_invitation(body.token, datetime.now(UTC), work)
    return answer(
        AcceptanceView(
            customer_id=customer.customer_id,
            customer_set_id=customer.customer_set_id,
            number=customer.number,
            email=customer.details.email,
        )
    )


@router.get("/mails")
async def get_mails(
    request: Request,
    scope: Reader,
    session: Reading,
    page: Paged,
    customer_id: Annotated[UUID | None, Query(description="Only to this customer.")] = None,
) -> Page[MailView]:
    """List the mails to customers, the newest first.

    Where no mail server is set they stay here, to be read; else their text is kept from staff.
    """
    shown = not request.app.state.sends_mail
    (after,) = page.key(UUID) or (None,)
    rows = await list_mails(
        scope,
        session,
        customer_id=None if customer_id is None else CustomerId(customer_id),
        shown=shown,
        after=after,
        limit=page.limit + 1,
    )
    return page_of(rows, page.limit, key=lambda row: (row.id,))
