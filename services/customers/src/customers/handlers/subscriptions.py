"""Everything the customers service handles."""

from contracts.customers.commands import KeepCustomer, MailCustomer, VerifyCustomer
from contracts.customers.questions import (
    CheckAddresses,
    CheckLevels,
    DescribeCustomer,
    FindCustomer,
    KeepAddresses,
)
from contracts.orders.events import OrderSubmitted
from messaging.subscriptions import Subscriptions

from customers.handlers.kept_addresses import check_addresses, keep_addresses
from customers.handlers.mails import mail_customer
from customers.handlers.notes import follow_order
from customers.handlers.standing import describe_customer, find_customer, verify_customer
from customers.handlers.storefront import keep_customer
from customers.handlers.told_levels import check_levels
from customers.handlers.unit_of_work import UnitOfWork


def subscriptions() -> Subscriptions[UnitOfWork]:
    """List the messages and their handlers."""
    return (
        Subscriptions[UnitOfWork](service="customers")
        .answers(VerifyCustomer, verify_customer)
        .answers(KeepCustomer, keep_customer)
        .answers(MailCustomer, mail_customer)
        .tells(DescribeCustomer, describe_customer)
        .tells(FindCustomer, find_customer)
        .tells(CheckLevels, check_levels)
        .tells(CheckAddresses, check_addresses)
        .carries_out(KeepAddresses, keep_addresses)
        .follows(OrderSubmitted, follow_order)
    )
