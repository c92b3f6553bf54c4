"""How a link to an order is mailed to its customer (PA-5).

There is nothing to undo: when no mail is written the link is revoked, and one that is written all
the same, after the deadline, leads to a page that says so. Rows of sagas last, and the text has the
link's secret in it: it is forgotten with the first answer, for then nobody asks for the mail again.
"""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from contracts.customers.commands import MailCustomer
from contracts.message import Reply
from contracts.orders.commands import NoteHandOver, OrderRefusal
from contracts.values import CustomerId, OrderId, SiteId
from messaging.saga.definition import Ending, saga
from pydantic import BaseModel, ConfigDict


class HandOverData(BaseModel):
    """The mail and its link.

    Attributes:
        text: Has the link's secret in it; empty once it is no longer needed.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    order_id: OrderId
    link_id: UUID
    site_id: SiteId
    customer_id: CustomerId
    subject: str
    text: str
    expires_at: datetime


def mail_customer(mail: HandOverData) -> Iterator[MailCustomer]:
    yield MailCustomer(
        mail_id=mail.link_id,
        customer_id=mail.customer_id,
        site_id=mail.site_id,
        subject=mail.subject,
        text=mail.text,
        expires_at=mail.expires_at,
    )


def forget_the_secret(mail: HandOverData, _reply: Reply) -> HandOverData:
    return mail.model_copy(update={"text": ""}) if mail.text else mail


def note_sent(mail: HandOverData) -> Iterator[NoteHandOver]:
    yield NoteHandOver(order_id=mail.order_id, link_id=mail.link_id)


def note_refusal(mail: HandOverData, ending: Ending) -> Iterator[NoteHandOver]:
    reasons = tuple(
        OrderRefusal(step=refused.step, code=refused.code, detail=refused.detail)
        for refused in ending.refusals
    )
    yield NoteHandOver(order_id=mail.order_id, link_id=mail.link_id, refusals=reasons)


HAND_OVER = (
    saga("orders.hand-over", HandOverData, note=forget_the_secret)
    .if_refused("note why nothing is sent", note_refusal)
    .step("mail the customer", mail_customer)
    .step("note that it is sent", note_sent)
)
