"""What other services know and an order needs: asked for before a transaction is opened."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from contracts.catalog.questions import QuoteProducts
from contracts.catalog.replies import ProductQuote, ProductsQuoted, QuoteRefused
from contracts.customers.questions import DescribeCustomer
from contracts.customers.replies import CustomerDescribed, CustomerRefused
from contracts.message import Question, Reply
from contracts.values import CustomerId, SiteId, Sku
from messaging.transport import Asker, Unanswered

from orders.domain.errors import Fault


@dataclass(frozen=True, slots=True)
class Facts:
    """What was told.

    Attributes:
        quotes: The products that the site sells, of those asked for.
        unquoted: Why nothing was quoted at all.
        customer: Who may order on the site, or why they may not; none was not asked for.
    """

    quotes: Mapping[Sku, ProductQuote] = field(default_factory=dict[Sku, ProductQuote])
    unquoted: QuoteRefused | None = None
    customer: CustomerDescribed | CustomerRefused | None = None

    def customer_faults(self) -> list[Fault]:
        """Say why the customer cannot order here (CS-3, CU-7)."""
        match self.customer:
            case CustomerRefused(code=code, detail=detail):
                pointer = "/site" if code == "UNKNOWN_SITE" else "/customer_id"
                return [Fault(pointer, code, detail)]
            case _:
                return []


async def facts_about(
    asker: Asker,
    site_id: SiteId,
    *,
    skus: Collection[Sku] = (),
    customer_id: CustomerId | None = None,
) -> Facts:
    """Ask about products and a customer, both at the same time.

    Raises:
        Unanswered: A service gave no answer in time.
    """
    quoting, describing = None, None
    try:
        async with asyncio.TaskGroup() as asking:
            if skus:
                question = QuoteProducts(site_id=site_id, skus=tuple(sorted(set(skus))))
                quoting = asking.create_task(_answer(asker, question))
            if customer_id is not None:
                about = DescribeCustomer(customer_id=customer_id, site_id=site_id)
                describing = asking.create_task(_answer(asker, about))
    except* Unanswered as group:
        raise _first(group) from None
    return _facts(
        quoting.result() if quoting else None, describing.result() if describing else None
    )


async def _answer(asker: Asker, question: Question) -> Reply:
    return await asker.ask(question)


def _facts(quoted: Reply | None, described: Reply | None) -> Facts:
    if not isinstance(quoted, ProductsQuoted | QuoteRefused | None):
        raise Unanswered("catalog")
    if not isinstance(described, CustomerDescribed | CustomerRefused | None):
        raise Unanswered("customers")
    if isinstance(quoted, QuoteRefused):
        return Facts(unquoted=quoted, customer=described)
    quotes = {quote.sku: quote for quote in quoted.products} if quoted else {}
    return Facts(quotes=quotes, customer=described)


def _first(group: BaseExceptionGroup[Unanswered]) -> Unanswered:
    first = group.exceptions[0]
    return first if isinstance(first, Unanswered) else _first(first)
