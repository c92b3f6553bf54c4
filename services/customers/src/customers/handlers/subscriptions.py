"""Everything the customers service handles."""

from contracts.customers.commands import VerifyCustomer
from contracts.customers.questions import DescribeCustomer
from messaging.subscriptions import Subscriptions

from customers.handlers.standing import describe_customer, verify_customer
from customers.handlers.unit_of_work import UnitOfWork


def subscriptions() -> Subscriptions[UnitOfWork]:
    """List the messages and their handlers."""
    return (
        Subscriptions[UnitOfWork](service="customers")
        .answers(VerifyCustomer, verify_customer)
        .tells(DescribeCustomer, describe_customer)
    )
