"""What the payments service needs to know besides what every service does."""

from typing import Annotated

from annotated_types import Gt
from chassis.settings import ServiceSettings, WebAddress
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
        public_url: Where customers reach this system, without a slash at the end.
        return_url: Where the bank's page sends the customer afterwards; ``{order_id}`` in it is the
            order's id. None: the page of the order, at ``public_url``.
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
    public_url: WebAddress = "http://127.0.0.1:8080"
    return_url: str | None = None

    @property
    def returns_to(self) -> str:
        """Give where the bank's page sends customers; ``{order_id}`` stands for the order's id."""
        return self.return_url or f"{self.public_url}/checkout/returned/{{order_id}}"
