"""Why orders says no.

OrderError
    NotAcceptable       a refusal: what was asked does not fit the order, field by field
    NotADraft           a refusal: only a draft is edited, submitted or cancelled
    NotSubmitted        a refusal: only a submitted order is revised
    Unfinished          a refusal: its submission or a revision has not come to its end
    LeaseHeld           a refusal: somebody else is working on the draft
    ReferenceTaken      a refusal: another order of the site has the external reference
    CartTakenOver       a refusal: staff have taken over the cart
    CartChanged         a refusal: the storefront changed the cart in the meantime
    StaleVersion        a refusal: somebody else changed the order in the meantime
    PricesChanged       a refusal: the draft costs something else than staff have seen
    StaleTerms          a refusal: somebody else changed what the site has decided
    BeingEdited         a refusal: staff are working on what the customer means to change
    LinkClosed          a refusal: the customer's link to the order does not work any more
    NoSuchPart          a refusal: the order, line or payment is not there, or out of reach
    NotUnderSubmission  a fault: a step of a submission that the order is not in
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.values import OrderId, StaffId, SubmissionId


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field.

    Attributes:
        pointer: JSON Pointer into what was asked; into the order where it is submitted as it is.
        code: Upper-case name that programs can rely on.
    """

    pointer: str
    code: str
    detail: str


class OrderError(Exception):
    """Base of what this service's rules raise."""


class NotAcceptable(OrderError):
    """What was asked does not fit the order.

    Attributes:
        faults: One for each field; never empty.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(dict.fromkeys(fault.detail for fault in faults)))
        self.faults = tuple(faults)

    @classmethod
    def at(cls, pointer: str, code: str, detail: str) -> "NotAcceptable":
        """Make the refusal of one field."""
        return cls([Fault(pointer, code, detail)])


class NotADraft(OrderError):
    """Only a draft can be changed so.

    Attributes:
        state: What the order is.
    """

    def __init__(self, order_id: OrderId, state: str, asked: str) -> None:
        super().__init__(f"the order is {state}; only a draft can be {asked}")
        self.order_id = order_id
        self.state = state


class NotSubmitted(OrderError):
    """Only a submitted order can be revised; ``code`` is ``ORDER_NOT_SUBMITTED``."""

    def __init__(self, state: str) -> None:
        super().__init__(f"the order is {state}; only a submitted one can be revised")
        self.code = "ORDER_NOT_SUBMITTED"


class Unfinished(OrderError):
    """The order's submission or an earlier revision has not come to its end.

    Attributes:
        code: ``SUBMISSION_UNFINISHED`` or ``REVISION_UNFINISHED``.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class LeaseHeld(OrderError):
    """Somebody else is working on the draft.

    Attributes:
        until: When their lease ends unless they renew it, UTC.
    """

    def __init__(self, staff_id: StaffId, until: datetime) -> None:
        super().__init__(f"{staff_id} is working on this draft; wait, or take it over")
        self.staff_id = staff_id
        self.until = until


class ReferenceTaken(OrderError):
    """Another order of the site has the external reference.

    Attributes:
        order_id: That order.
    """

    def __init__(self, reference: str, order_id: OrderId) -> None:
        super().__init__(f"another order of this site has the external reference {reference!r}")
        self.order_id = order_id


class CartTakenOver(OrderError):
    """Staff have taken over the cart (SN-3).

    Attributes:
        order_id: The draft on which it is edited.
    """

    def __init__(self, staff_id: StaffId, order_id: OrderId) -> None:
        super().__init__("staff have taken this cart over; wait until it is returned")
        self.staff_id = staff_id
        self.order_id = order_id


class CartChanged(OrderError):
    """The storefront changed the cart while it was looked at."""

    def __init__(self) -> None:
        super().__init__("the cart was changed in the meantime; take it over once more")


class StaleVersion(OrderError):
    """The order is no longer at the version that the caller means to change.

    Attributes:
        current: The order as it is.
    """

    def __init__(self, current: object) -> None:
        super().__init__("the order was changed in the meantime")
        self.current = current


class PricesChanged(OrderError):
    """The draft costs something else than staff have seen (CP-9).

    Attributes:
        differences: What is different.
    """

    def __init__(self, differences: object) -> None:
        super().__init__("prices have changed since the order was quoted; accept them to go on")
        self.differences = differences


class StaleTerms(OrderError):
    """What a site has decided is no longer at the version that the caller means to change."""

    def __init__(self, version: int) -> None:
        super().__init__(
            "the site's terms were changed in the meantime; look at them and try again"
        )
        self.version = version


class BeingEdited(OrderError):
    """Staff are working on what the customer means to change; who, is not the customer's affair."""

    def __init__(self) -> None:
        super().__init__("staff are working on the order just now; try again in a few minutes")


class LinkClosed(OrderError):
    """The customer's link to the order does not work any more.

    Attributes:
        code: Why, as an upper-case name that programs can rely on.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class NoSuchPart(OrderError):
    """What was named is not there, or out of the caller's reach.

    Attributes:
        what: ``order``, ``line``, ``payment``, ``coupon``, ``link`` or the like.
    """

    def __init__(self, what: str) -> None:
        super().__init__(f"there is no such {what}")
        self.what = what


class NotUnderSubmission(OrderError):
    """A step came for a submission that the order is not in."""

    def __init__(self, order_id: OrderId, state: str, submission_id: SubmissionId) -> None:
        super().__init__(f"order {order_id} is {state}, not under submission {submission_id}")
