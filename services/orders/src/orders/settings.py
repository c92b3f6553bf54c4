"""What the orders service needs to know besides what every service does."""

from typing import Annotated

from annotated_types import Gt, Le
from chassis.settings import ServiceSettings, WebAddress
from chassis.settings_faults import like
from pydantic import SecretStr, field_validator

ScriptAddress = Annotated[
    str,
    like(r"https?://[^\s?#;,'\"]+", "the web address of a script", "https://js.stripe.com/v3/"),
]

SHORTEST_KEY = 32
"""Characters."""


class OrdersSettings(ServiceSettings):
    """Read from ``ORDERS_*`` and ``TRADECOUNTER_*``.

    Attributes:
        link_key: Signs the links by which orders are handed to their customers, at least 32
            characters; the same for every process. None: orders cannot be handed over here. A new
            key ends all links.
        public_url: Where customers reach this system, without a slash at the end.
        stripe_script: Where Stripe's script is loaded from, on the page on which customers pay.
        tax_url: Where the outside tax provider is asked. None: sites that want one do without.
        tax_timeout: Seconds until it is done without.
    """

    link_key: SecretStr | None = None
    public_url: WebAddress = "http://127.0.0.1:8080"
    stripe_script: ScriptAddress = "https://js.stripe.com/v3/"
    tax_url: WebAddress | None = None
    tax_timeout: Annotated[float, Gt(0), Le(10)] = 2.0

    @field_validator("link_key")
    @classmethod
    def _is_long(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < SHORTEST_KEY:
            raise ValueError(
                f"must have at least {SHORTEST_KEY} characters; `openssl rand -base64 32` makes one"
            )
        return value
