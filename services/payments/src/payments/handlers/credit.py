"""Gift cards and store credit are issued: what the shop owes comes onto an account; and told."""

from dataclasses import dataclass
from uuid import UUID

from contracts.gift_cards import CodeDigest, code_digest
from contracts.payments.questions import TellCredit
from contracts.payments.replies import CreditTold
from contracts.values import CustomerId, Money, SiteId

from payments.domain.codes import new_code
from payments.domain.credit import AccountKind, Transfer, credit_of
from payments.domain.methods import Method
from payments.handlers.unit_of_work import UnitOfWork


class KeyReused(Exception):
    """The same key was used to issue something else."""


@dataclass(frozen=True, slots=True)
class Issue:
    """What is to be issued.

    Attributes:
        key: It is issued once, however often it is asked.
    """

    key: str
    site_id: SiteId
    amount: Money
    reason: str
    staff_id: str


async def issue_gift_card(issue: Issue, uow: UnitOfWork) -> str | None:
    """Issue a gift card and give its code; none when that was done before: it is shown once.

    Raises:
        KeyReused: The key was used to issue something else.
    """
    if await _issued(issue, uow):
        return None
    code = new_code()
    digest = code_digest(code)
    account = await uow.credit.open_card(issue.site_id, digest, issue.amount.currency)
    await _move(issue, account, uow)
    return code


async def issue_store_credit(issue: Issue, customer_id: CustomerId, uow: UnitOfWork) -> bool:
    """Give a customer credit at a site; false when that was done before.

    Raises:
        KeyReused: The key was used to issue something else.
    """
    if await _issued(issue, uow):
        return False
    account = await uow.credit.open_credit(issue.site_id, customer_id, issue.amount.currency)
    await _move(issue, account, uow)
    return True


async def _issued(issue: Issue, uow: UnitOfWork) -> bool:
    made = await uow.credit.made(issue.key)
    if made is not None and issue.amount.minor not in made.values():
        raise KeyReused
    return made is not None


async def _move(issue: Issue, account: UUID, uow: UnitOfWork) -> None:
    books = await uow.credit.open_books(issue.site_id, AccountKind.ISSUED, issue.amount.currency)
    minor = issue.amount.minor
    transfer = Transfer(
        issue.key,
        "issue",
        {books: -minor, account: minor},
        reason=issue.reason,
        staff_id=issue.staff_id,
    )
    await uow.credit.transfer(transfer, books)


async def tell_credit(question: TellCredit, uow: UnitOfWork) -> CreditTold:
    """Tell what a customer can pay with, for whoever shows what each payment would pay."""
    offer = await uow.sites.offer(question.site_id, Method.STORE_CREDIT)
    digests = (*map(code_digest, question.gift_cards), *question.code_digests)
    if offer is None:
        nothing = tuple(None for _ in digests)
        return CreditTold(site_id=question.site_id, gift_cards=nothing)
    credit = None
    if question.customer_id is not None:
        account = await uow.credit.account(credit_of(question.site_id, question.customer_id))
        credit = Money(account.balance if account else 0, offer.currency)
    cards = [await _left_on(one, question.site_id, offer.currency, uow) for one in digests]
    return CreditTold(site_id=question.site_id, store_credit=credit, gift_cards=tuple(cards))


async def _left_on(
    digest: CodeDigest, site_id: SiteId, currency: str, uow: UnitOfWork
) -> Money | None:
    card = await uow.credit.card(digest, site_id)
    if card is None or card.currency != currency:
        return None
    return Money(card.balance, currency)
