"""Purchase orders within what was agreed with their customer."""

from contracts.payments.commands import AuthorisePayment
from contracts.values import Money

from payments.domain.methods import Method, No
from payments.domain.terms import Buyer, beyond_limit, on_account
from payments.handlers.unit_of_work import UnitOfWork


async def days_on_account(command: AuthorisePayment, uow: UnitOfWork) -> int | No | None:
    """Give within how many days a purchase order is paid, or why it is refused; else none.

    The agreement stays locked until the transaction ends, so that of two purchase orders at once
    the second one sees the first.
    """
    if command.method != Method.PURCHASE_ORDER:
        return None
    usual = await uow.terms.usual(command.site_id)
    if command.customer_id is None:
        return on_account(command.amount, command.terms, None, usual)
    buyer, currency = Buyer(command.site_id, command.customer_id), command.amount.currency
    agreement = await uow.terms.agreed(buyer)
    days = on_account(command.amount, command.terms, agreement, usual)
    if agreement is None or isinstance(days, No):
        return days
    open_sum = await uow.terms.open_sum(buyer, currency, command.payment_id)
    limit = Money(agreement.limits[currency], currency)
    return beyond_limit(command.amount, limit, Money(open_sum, currency)) or days
