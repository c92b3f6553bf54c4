"""Who an order is for: asked for before a transaction is opened."""

from contracts.customers.questions import DescribeCustomer, FindCustomer
from contracts.customers.replies import Address as ToldAddress
from contracts.customers.replies import CustomerDescribed, CustomerNotFound, CustomerRefused
from contracts.values import CustomerId, SiteId
from messaging.transport import Asker, Unanswered

from orders.domain.draft import Customer
from orders.domain.errors import Fault, NotAcceptable
from orders.domain.parts import Address, Buyer

Told = CustomerDescribed | CustomerRefused | CustomerNotFound
"""What the customers service says of a customer on a site."""


async def customer_told(asker: Asker, customer_id: CustomerId, site_id: SiteId) -> Told:
    """Ask who a customer is, and whether they may order on the site.

    Raises:
        Unanswered: The customers service gave no answer in time.
    """
    answer = await asker.ask(DescribeCustomer(customer_id=customer_id, site_id=site_id))
    if not isinstance(answer, CustomerDescribed | CustomerRefused):
        raise Unanswered(answer.owner())
    return answer


async def customer_found(asker: Asker, reference: str, site_id: SiteId) -> Told:
    """Ask who has an external reference, and whether they may order on the site.

    Raises:
        Unanswered: The customers service gave no answer in time.
    """
    answer = await asker.ask(FindCustomer(external_reference=reference, site_id=site_id))
    if not isinstance(answer, CustomerDescribed | CustomerRefused | CustomerNotFound):
        raise Unanswered(answer.owner())
    return answer


def customer_faults(told: Told | None, at: str = "/customer_id") -> list[Fault]:
    """Say why the customer, named ``at``, cannot order here (CS-3, CU-7)."""
    if told is None or isinstance(told, CustomerDescribed):
        return []
    pointer = "/site" if told.code in {"UNKNOWN_SITE", "SITE_INACTIVE"} else at
    return [Fault(pointer, told.code, told.detail)]


async def must_have_carts(customer_id: CustomerId, site_id: SiteId, asker: Asker) -> None:
    """See that somebody may leave a cart at a site: who lacks a phone or an address still may.

    Raises:
        NotAcceptable: Nobody orders there for them.
        Unanswered: The customers service gave no answer in time.
    """
    faults = customer_faults(await customer_told(asker, customer_id, site_id))
    if wrong := [fault for fault in faults if fault.code != "CUSTOMER_INCOMPLETE"]:
        raise NotAcceptable(wrong)


def chosen(
    told: CustomerDescribed,
) -> tuple[Customer, Address | None, Address | None, Buyer]:
    """Give the customer, their default addresses (billing, shipping), and what prices need."""
    return (
        Customer(told.customer_id, told.name),
        _taken_over(told.billing_address),
        _taken_over(told.shipping_address),
        buyer(told),
    )


def buyer(told: CustomerDescribed) -> Buyer:
    """Give what prices and tax depend on."""
    return Buyer(told.email, told.level, told.tax_exempt, told.tax_id)


def _taken_over(told: ToldAddress | None) -> Address | None:
    return None if told is None else Address(**told.model_dump())
