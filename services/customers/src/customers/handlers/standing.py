"""What orders asks about a customer: on the path of every order, so one statement each."""

from contracts.customers.commands import VerifyCustomer
from contracts.customers.questions import DescribeCustomer, FindCustomer
from contracts.customers.replies import (
    Address,
    CustomerDescribed,
    CustomerNotFound,
    CustomerRefused,
    CustomerVerified,
)
from contracts.values import CustomerId

from customers.domain.addresses import Address as CustomerAddress
from customers.domain.standing import SENTENCES, Block
from customers.handlers.unit_of_work import UnitOfWork


async def verify_customer(
    command: VerifyCustomer, uow: UnitOfWork
) -> CustomerVerified | CustomerRefused:
    standing = await uow.customers.standing(command.customer_id, command.site_id)
    if block := standing.block:
        return _refused(command.customer_id, block)
    return CustomerVerified(customer_id=command.customer_id)


async def describe_customer(
    question: DescribeCustomer, uow: UnitOfWork
) -> CustomerDescribed | CustomerRefused:
    standing, customer = await uow.customers.described(question.customer_id, question.site_id)
    block = standing.block
    if block or customer is None:
        return _refused(question.customer_id, block or Block.UNKNOWN_CUSTOMER)
    details = customer.details
    by_use = {use: each for each in customer.addresses for use in each.default_uses}
    return CustomerDescribed(
        customer_id=customer.customer_id,
        customer_set_id=customer.customer_set_id,
        name=f"{details.first_name} {details.last_name}",
        email=details.email,
        billing_address=_on_paper(by_use["billing"]),
        shipping_address=_on_paper(by_use["shipping"]),
        number=customer.number,
        company=details.company,
        level=details.level,
        tax_id=details.tax_id,
        tax_exempt=details.tax_exempt,
        is_registered=customer.is_registered,
    )


async def find_customer(
    question: FindCustomer, uow: UnitOfWork
) -> CustomerDescribed | CustomerRefused | CustomerNotFound:
    site_known, customer_id = await uow.customers.referred(
        question.site_id, question.external_reference
    )
    if not site_known:
        block = Block.UNKNOWN_SITE
        return CustomerNotFound(code=block, detail=SENTENCES[block])
    if customer_id is None:
        detail = f"nobody here has the external reference {question.external_reference}"
        return CustomerNotFound(code=Block.UNKNOWN_CUSTOMER, detail=detail)
    found = DescribeCustomer(customer_id=customer_id, site_id=question.site_id)
    return await describe_customer(found, uow)


def _refused(customer_id: CustomerId, block: Block) -> CustomerRefused:
    return CustomerRefused(customer_id=customer_id, code=block, detail=SENTENCES[block])


def _on_paper(address: CustomerAddress) -> Address:
    return Address(
        name=address.name,
        company=address.company,
        lines=address.lines,
        city=address.city,
        region=address.region,
        postal_code=address.postal_code,
        country=address.country,
        phone=address.phone,
    )
