"""What the subscribers service needs to know besides what every service does."""

from datetime import timedelta
from typing import Annotated

from annotated_types import Gt
from chassis.settings import ServiceSettings
from pydantic import SecretStr, field_validator

from subscribers.domain.addresses import Guard
from subscribers.domain.retries import SCHEDULE, Retries
from subscribers.gateways.seal import Seal

LONGEST_REST = 366 * 86400
"""Seconds."""
MAKE_ONE = "`openssl rand -base64 32 | tr '+/' '-_'`"


class SubscribersSettings(ServiceSettings):
    """Read from ``SUBSCRIBERS_*`` and ``TRADECOUNTER_*``.

    Attributes:
        allowed_networks: Networks inside to which webhooks may go, also without TLS, by comma:
            ``10.1.0.0/16,127.0.0.0/8``. Everything else must be on the internet.
        secret_keys: Seal the secrets that sign webhooks, by comma; the first seals, all open
            (gateways/seal.py). ``openssl rand -base64 32 | tr '+/' '-_'`` makes one.
        webhook_timeout: Seconds that an attempt may take.
        webhook_retries: Seconds of rest after each failed attempt of an event, by comma.
        webhook_give_up_days: An endpoint that has taken nothing for so long is disabled.
        deliveries_kept_days: The log of what was sent is kept so long.
        archive_kept_days: Without a broker, events can be replayed for so long.
        archive_most: Without a broker, at most so many events are kept.
    """

    secret_keys: SecretStr
    allowed_networks: str = ""
    webhook_timeout: Annotated[float, Gt(0)] = 15
    webhook_retries: str = ",".join(f"{rest.total_seconds():g}" for rest in SCHEDULE)
    webhook_give_up_days: Annotated[float, Gt(0)] = 5
    deliveries_kept_days: Annotated[float, Gt(0)] = 14
    archive_kept_days: Annotated[float, Gt(0)] = 7
    archive_most: Annotated[int, Gt(0)] = 5_000_000

    @field_validator("allowed_networks")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        try:
            Guard.of(_parts(value))
        except ValueError as error:
            raise ValueError(f"{error}; for example 10.1.0.0/16,127.0.0.0/8") from error
        return value

    @field_validator("secret_keys")
    @classmethod
    def _are_keys(cls, value: SecretStr) -> SecretStr:
        try:
            Seal.of(_parts(value.get_secret_value()))
        except ValueError as error:
            raise ValueError(f"{error}; {MAKE_ONE} makes one") from error
        return value

    @field_validator("webhook_retries")
    @classmethod
    def _are_seconds(cls, value: str) -> str:
        try:
            rests = [float(part) for part in _parts(value)]
        except ValueError as error:
            raise ValueError("must be seconds, by comma") from error
        if not all(0 < rest <= LONGEST_REST for rest in rests):
            raise ValueError("a rest must be longer than nothing, and a year at most")
        return value

    @property
    def seal(self) -> Seal:
        """Give what seals and opens the secrets that sign."""
        return Seal.of(_parts(self.secret_keys.get_secret_value()))

    @property
    def guard(self) -> Guard:
        """Give what decides where webhooks may go."""
        return Guard.of(_parts(self.allowed_networks))

    @property
    def retries(self) -> Retries:
        """Give the rules of trying again."""
        rests = tuple(timedelta(seconds=float(part)) for part in _parts(self.webhook_retries))
        return Retries(rests, timedelta(days=self.webhook_give_up_days))


def _parts(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]
