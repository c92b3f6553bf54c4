"""What a use case works with."""

from typing import Protocol

from messaging.outbox import Outbox

from customers.domain.repositories import (
    CustomerRepository,
    CustomerSetRepository,
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
    def customers(self) -> CustomerRepository: ...
