"""What other services know and an order needs: asked for before a transaction is opened."""

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from contracts.catalog.questions import QuoteProducts
from contracts.catalog.replies import ProductQuote, ProductsQuoted, QuoteRefused
from contracts.customers.questions import DescribeCustomer
from contracts.customers.replies import CustomerDescribed, CustomerRefused
from contracts.message import Question, Reply
from contracts.values import CustomerId, SiteId, Sku
from messaging.transport import Asker, Unanswered

from orders.domain.errors import Fault

_SKUS_AT_ONCE = 100
"""Products of one question: with fifty locations each, the answer still fits a message."""


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
    questions: list[Question] = [
        QuoteProducts(site_id=site_id, skus=part) for part in _parts(sorted(set(skus)))
    ]
    if customer_id is not None:
        questions.append(DescribeCustomer(customer_id=customer_id, site_id=site_id))
    try:
        async with asyncio.TaskGroup() as asking:
            asked = [asking.create_task(_answer(asker, question)) for question in questions]
    except* Unanswered as group:
        raise _first(group) from None
    return _facts([task.result() for task in asked])


def _parts(skus: Sequence[Sku]) -> Iterator[tuple[Sku, ...]]:
    for start in range(0, len(skus), _SKUS_AT_ONCE):
        yield tuple(skus[start : start + _SKUS_AT_ONCE])


async def _answer(asker: Asker, question: Question) -> Reply:
    return await asker.ask(question)


def _facts(answers: Sequence[Reply]) -> Facts:
    quotes: dict[Sku, ProductQuote] = {}
    unquoted: QuoteRefused | None = None
    customer: CustomerDescribed | CustomerRefused | None = None
    for answer in answers:
        match answer:
            case ProductsQuoted():
                quotes |= {quote.sku: quote for quote in answer.products}
            case QuoteRefused():
                unquoted = answer
            case CustomerDescribed() | CustomerRefused():
                customer = answer
            case _:
                raise Unanswered(answer.owner())
    return Facts(quotes, unquoted, customer)


def _first(group: BaseExceptionGroup[Unanswered]) -> Unanswered:
    first = group.exceptions[0]
    return first if isinstance(first, Unanswered) else _first(first)
