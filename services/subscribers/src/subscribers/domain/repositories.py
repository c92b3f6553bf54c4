"""Where endpoints and deliveries are kept."""

from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from subscribers.domain.delivery import Delivery, Outcome, State, Test
from subscribers.domain.endpoint import Endpoint


class EndpointRepository(Protocol):
    """Endpoints, each locked while it is used."""

    async def now(self) -> datetime:
        """Give the database's time."""
        ...

    async def add(self, endpoint: Endpoint) -> None: ...

    async def get(self, endpoint_id: UUID) -> Endpoint | None:
        """Give an endpoint with its secrets, locked."""
        ...

    async def save(self, endpoint: Endpoint) -> None: ...

    async def remove(self, endpoint_id: UUID) -> bool:
        """Forget an endpoint and its deliveries; gives whether it was there."""
        ...

    async def due(self, endpoint_id: UUID, rest: timedelta = timedelta(0)) -> datetime | None:
        """Have its next delivery sent after a rest; gives when, none if nothing waits."""
        ...


class DeliveryRepository(Protocol):
    """Deliveries and their log."""

    async def get(self, delivery_id: int) -> Delivery | None: ...

    async def add_test(self, test: Test, state: State) -> int:
        """Put a test, which never waits, in the log; gives its delivery's id."""
        ...

    async def supersede(self, endpoint_id: UUID) -> None:
        """Let go of everything that waits: a replay brings it again."""
        ...

    async def settle(self, delivery_id: int, state: State, reason: str | None = None) -> None:
        """Note what has become of a delivery."""
        ...

    async def log(self, delivery_id: int, outcome: Outcome) -> int:
        """Note an attempt; gives its number, from 1."""
        ...
