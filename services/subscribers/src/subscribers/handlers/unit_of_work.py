"""What a use case works with, within one transaction."""

from typing import Protocol

from messaging.outbox import Outbox

from subscribers.domain.repositories import DeliveryRepository, EndpointRepository


class UnitOfWork(Protocol):
    """One transaction; everything in it is committed together by the request or the loop."""

    @property
    def outbox(self) -> Outbox: ...
    @property
    def endpoints(self) -> EndpointRepository: ...
    @property
    def deliveries(self) -> DeliveryRepository: ...
