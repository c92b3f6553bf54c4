"""A webhook endpoint of another system: where to, what, how far it has come, and how it fares."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from contracts.patterns import Pattern, wanted

MOST_SECRETS = 2
"""Secrets that sign at the same time, while one takes the other's place."""


LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class EndpointError(Exception):
    """Base of why an endpoint says no.

    EndpointError
        IsDisabled      it has to be enabled first
        NotYet          a replay can begin at a time that is past
        SecretsFull     an older secret has to run out first
    """


class IsDisabled(EndpointError):
    """The endpoint is disabled."""

    def __init__(self) -> None:
        super().__init__("the endpoint is disabled; enable it first")


class NotYet(EndpointError):
    """A replay is to begin in the future: until then nothing at all would be sent."""

    def __init__(self) -> None:
        super().__init__("a replay begins at a time that is past")


class SecretsFull(EndpointError):
    """Two secrets sign already."""

    def __init__(self) -> None:
        super().__init__("two secrets are valid already; wait until one of them runs out")


@dataclass(frozen=True, slots=True)
class Secret:
    """What signs.

    Attributes:
        sealed: ``whsec_`` and base64 of 32 random bytes, sealed: nothing in here can open it.
        expires_at: When it stops to sign; none: not before it is replaced.
    """

    secret_id: UUID
    sealed: str
    created_at: datetime
    expires_at: datetime | None = None

    def signs(self, now: datetime) -> bool:
        """Tell whether it signs what is sent now."""
        return self.expires_at is None or now < self.expires_at


@dataclass(eq=False)
class Endpoint:
    """An endpoint.

    Attributes:
        after: Position in the archive up to which it was served; none: nothing since ``since``.
        since: It gets nothing that happened before.
        replays: How often it was sent back; an event is queued once in each.
        failing_since: When the first failure after its last success was.
        disabled: Why it is; none when it is enabled.
        version: Of what staff see of it.
    """

    endpoint_id: UUID
    name: str
    url: str
    types: tuple[Pattern, ...]
    since: datetime
    secrets: list[Secret] = field(default_factory=list[Secret])
    after: int | None = None
    replays: int = 0
    failing_since: datetime | None = None
    disabled: str | None = None
    disabled_at: datetime | None = None
    version: int = 1

    def wants(self, kind: str, time: datetime) -> bool:
        """Tell whether an event of this type and time is for this endpoint."""
        return time >= self.since and wanted(self.types, kind)

    def signing(self, now: datetime) -> list[str]:
        """Give the secrets that sign now, sealed, the newest first."""
        valid = sorted(
            (one for one in self.secrets if one.signs(now)),
            key=lambda s: s.created_at,
            reverse=True,
        )
        return [one.sealed for one in valid]

    def rotate(self, secret: Secret, old_until: datetime) -> None:
        """Sign with a new secret, and until ``old_until`` also with the one before.

        Raises:
            SecretsFull: Two are valid.
        """
        now = secret.created_at
        valid = [one for one in self.secrets if one.signs(now)]
        if len(valid) >= MOST_SECRETS:
            raise SecretsFull
        ending = [Secret(s.secret_id, s.sealed, s.created_at, old_until) for s in valid]
        self.secrets = [*ending, secret]
        self.version += 1

    def change(
        self,
        *,
        name: str | None = None,
        url: str | None = None,
        types: tuple[Pattern, ...] | None = None,
    ) -> bool:
        """Change what is given; gives whether anything is now different."""
        before = (self.name, self.url, self.types)
        self.name, self.url, self.types = name or self.name, url or self.url, types or self.types
        changed = before != (self.name, self.url, self.types)
        self.version += changed
        return changed

    def disable(self, reason: str, at: datetime) -> bool:
        """Send nothing more; gives false when it was disabled before: the first reason stays."""
        if self.disabled is not None:
            return False
        self.disabled, self.disabled_at = reason, at
        self.version += 1
        return True

    def enable(self, at: datetime, *, catch_up: bool) -> bool:
        """Send again: what has happened meanwhile too, unless ``catch_up`` is off.

        What was waiting when it was disabled comes first in any case. Gives false when it was
        enabled before.
        """
        if self.disabled is None:
            return False
        self.disabled = self.disabled_at = self.failing_since = None
        if not catch_up:
            self.since, self.after = at, None
        self.version += 1
        return True

    def send_back(self, *, after: int | None = None, since: datetime | None = None) -> None:
        """Replay: go on behind a position, or with what has happened since a time.

        Raises:
            IsDisabled: Nothing would be sent.
            ValueError: Neither or both are given.
        """
        if self.disabled is not None:
            raise IsDisabled
        if since is not None and after is None:
            self.after, self.since = None, since
        elif after is not None and since is None:
            # Whoever names a position means what stands there, however old it is.
            self.after, self.since = after, LONG_AGO
        else:
            raise ValueError("either a position or a time")
        self.replays += 1
        self.version += 1
