"""What a use case works with."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from messaging.outbox import Outbox

from customers.domain.repositories import (
    CustomerRepository,
    CustomerSetRepository,
    InvitationRepository,
    LevelRepository,
    MailRepository,
    NoteRepository,
    SiteRepository,
)


class UnitOfWork(Protocol):
    """One transaction of the customers service; whoever opened it commits it."""

    @property
    def outbox(self) -> Outbox: ...

    @property
    def customer_sets(self) -> CustomerSetRepository: ...

    @property
    def sites(self) -> SiteRepository: ...

    @property
    def levels(self) -> LevelRepository: ...

    @property
    def customers(self) -> CustomerRepository: ...

    @property
    def notes(self) -> NoteRepository: ...

    @property
    def invitations(self) -> InvitationRepository: ...

    @property
    def mails(self) -> MailRepository: ...

    def attempt(self) -> AbstractAsyncContextManager[None]:
        """Undo what is done within, messages too, if it ends with an exception."""
        ...
