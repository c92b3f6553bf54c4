"""What a use case works with, within one transaction."""

from typing import Protocol

from contracts.message import Reply
from messaging.outbox import Asked, Outbox

from payments.domain.repositories import (
    CreditBooks,
    OrderRepository,
    PaymentRepository,
    ReconciliationRepository,
    SiteRepository,
    TermsRepository,
)


class LateAnswers(Protocol):
    """Answers commands that earlier transactions received."""

    async def give(self, reply: Reply, asked: Asked) -> None:
        """Send the answer, and keep it for when the command is repeated."""
        ...


class UnitOfWork(Protocol):
    """One transaction; everything in it is committed together by the consumer or the request."""

    @property
    def outbox(self) -> Outbox: ...
    @property
    def payments(self) -> PaymentRepository: ...
    @property
    def sites(self) -> SiteRepository: ...
    @property
    def orders(self) -> OrderRepository: ...
    @property
    def reconciliations(self) -> ReconciliationRepository: ...
    @property
    def terms(self) -> TermsRepository: ...
    @property
    def credit(self) -> CreditBooks: ...
    @property
    def answers(self) -> LateAnswers: ...
