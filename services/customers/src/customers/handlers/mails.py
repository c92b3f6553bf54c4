"""Mails to customers that other services have written (PA-5)."""

from contracts.customers.commands import MailCustomer
from contracts.customers.replies import CustomerMailed, MailRefused
from messaging.envelope import utc_now

from customers.domain.mails import Mail
from customers.domain.standing import SENTENCES
from customers.handlers.unit_of_work import UnitOfWork


async def mail_customer(command: MailCustomer, uow: UnitOfWork) -> CustomerMailed | MailRefused:
    """Write the mail; the customer's row is locked, so that no erasure passes it by."""
    standing = await uow.customers.standing(command.customer_id, command.site_id)
    if block := standing.block:
        return _refused(command, block, SENTENCES[block])
    customer = await uow.customers.by_id(command.customer_id)
    site = await uow.sites.get(command.site_id)
    recipient = customer.details.email if customer else None
    if site is None or recipient is None:
        return _refused(command, "CUSTOMER_HAS_NO_EMAIL", "the customer has no e-mail")
    await uow.mails.add(
        Mail(
            mail_id=command.mail_id,
            customer_id=command.customer_id,
            site_id=command.site_id,
            sender_name=site.terms.name,
            recipient=recipient,
            subject=command.subject,
            text=command.text,
            created_at=utc_now(),
            expires_at=command.expires_at,
        )
    )
    return CustomerMailed(mail_id=command.mail_id, customer_id=command.customer_id)


def _refused(command: MailCustomer, code: str, detail: str) -> MailRefused:
    return MailRefused(
        mail_id=command.mail_id, customer_id=command.customer_id, code=code, detail=detail
    )
