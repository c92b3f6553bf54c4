"""Why a payment does not do what it is asked.

PaymentError
    OperationIdReused   a refusal: the id names another operation
    WrongState          a fault: nobody who follows the order of things asks so
    UnknownPayment      a fault: perhaps its authorisation is still on the way
    UnknownSite         a fault: perhaps the site's event is still on the way
"""

from uuid import UUID

from contracts.values import PaymentId, SiteId


class PaymentError(Exception):
    """Base of what this domain raises."""


class WrongState(PaymentError):
    """A payment cannot go from where it is to where it is asked to go.

    Attributes:
        payment_id: The payment.
        state: Where it is.
        asked: Where it should go.
    """

    def __init__(self, payment_id: PaymentId, state: str, asked: str) -> None:
        super().__init__(f"payment {payment_id} is {state} and cannot be {asked}")
        self.payment_id = payment_id
        self.state = state
        self.asked = asked


class UnknownPayment(PaymentError):
    """No payment has this id (yet)."""

    def __init__(self, payment_id: PaymentId) -> None:
        super().__init__(f"there is no payment {payment_id}")
        self.payment_id = payment_id


class UnknownSite(PaymentError):
    """No site has this id (yet)."""

    def __init__(self, site_id: SiteId) -> None:
        super().__init__(f"there is no site {site_id}")
        self.site_id = site_id


class OperationIdReused(PaymentError):
    """An operation's id was used for another operation on this payment."""

    def __init__(self, payment_id: PaymentId, operation_id: UUID) -> None:
        super().__init__(f"operation {operation_id} of payment {payment_id} is another one")
        self.payment_id = payment_id
        self.operation_id = operation_id
