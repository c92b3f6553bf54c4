"""What is to be sent, with the secrets still sealed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from subscribers.domain.delivery import Outcome
from subscribers.gateways.seal import Seal, Unreadable
from subscribers.gateways.sender import Mail, Sender


@dataclass(frozen=True, slots=True)
class Letter:
    """An event to an address, and the sealed secrets that sign it."""

    url: str
    sealed: Sequence[str]
    event_id: UUID
    body: bytes

    async def sent(self, sender: Sender, seal: Seal) -> Outcome:
        """Send it; a secret that cannot be opened is a failed attempt, never an unsigned one."""
        try:
            signing = [seal.open(one) for one in self.sealed]
        except Unreadable as error:
            return Outcome(datetime.now(UTC), timedelta(0), error=str(error))
        return await sender.send(Mail(self.url, signing, self.event_id, self.body))
