"""What the payments service needs to know besides what every service does."""

from typing import Annotated

from annotated_types import Gt
from chassis.settings import ServiceSettings
from pydantic import SecretStr


class PaymentsSettings(ServiceSettings):
    """Read from ``PAYMENTS_*`` and ``TRADECOUNTER_*``.

    Attributes:
        gateway_timeout: Seconds after which a call to the gateway is given up; its outcome is then
            not known.
        gateway_first_rest: Seconds before such a call is repeated; they double with each repeat.
        gateway_longest_rest: Seconds that they do not grow beyond.
        gateway_calls: Calls to the gateway at the same time.
        reconcile_every: Hours between two comparisons that nobody asked for.
        reconcile_hours: How far back those compare.
        stripe_api_key: Secret or restricted key; none: there is no Stripe here.
        stripe_webhook_secret: Signs what Stripe tells; none: its webhooks are refused.
        stripe_api_base: Where Stripe's API is; none: Stripe's own address.
        stripe_return_url: Where the bank's page sends the customer afterwards.
    """

    gateway_timeout: Annotated[float, Gt(0)] = 10
    gateway_first_rest: Annotated[float, Gt(0)] = 1
    gateway_longest_rest: Annotated[float, Gt(0)] = 300
    gateway_calls: Annotated[int, Gt(0)] = 20
    reconcile_every: Annotated[float, Gt(0)] = 6
    reconcile_hours: Annotated[int, Gt(0)] = 48
    stripe_api_key: SecretStr | None = None
    stripe_webhook_secret: SecretStr | None = None
    stripe_api_base: str | None = None
    stripe_return_url: str | None = None
