"""What a use case is given: repositories over one transaction, sagas, and what it will send."""

from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol
from uuid import UUID

from contracts.orders.commands import NoteHold
from messaging.outbox import Outbox
from messaging.saga.definition import SagaDefinition
from pydantic import BaseModel

from orders.domain.repositories import (
    CartRepository,
    LinkRepository,
    OrderRepository,
    RevisionRepository,
    SiteRepository,
    SiteTermsRepository,
)


class Sagas(Protocol):
    """Begins and cancels sagas in the transaction."""

    async def start(
        self, definition: SagaDefinition[Any], *, saga_id: UUID, subject_id: UUID, data: BaseModel
    ) -> None:
        """Begin a saga; its first commands leave when the transaction commits."""
        ...

    async def under_way(self, saga_id: UUID) -> bool:
        """Tell whether a saga has not ended; locked until the transaction ends."""
        ...

    async def supersede(self, saga_id: UUID) -> bool:
        """End a saga where it stands, since the caller takes back all it did; false when over."""
        ...

    async def cancel(self, saga_id: UUID) -> bool:
        """Ask a saga to take itself back; false when it is past its pivot, over or unknown."""
        ...


class HoldRepository(Protocol):
    async def note(self, hold: NoteHold) -> None:
        """Keep what was answered for a draft's hold, unless a newer answer is there."""
        ...


class UnitOfWork(Protocol):
    """One transaction; whoever opened it commits it."""

    @property
    def outbox(self) -> Outbox: ...
    @property
    def orders(self) -> OrderRepository: ...
    @property
    def sites(self) -> SiteRepository: ...
    @property
    def carts(self) -> CartRepository: ...
    @property
    def links(self) -> LinkRepository: ...
    @property
    def holds(self) -> HoldRepository: ...
    @property
    def site_terms(self) -> SiteTermsRepository: ...
    @property
    def revisions(self) -> RevisionRepository: ...
    @property
    def sagas(self) -> Sagas: ...

    def attempt(self) -> AbstractAsyncContextManager[None]:
        """Undo what is done within, messages too, if it ends with an exception."""
        ...
