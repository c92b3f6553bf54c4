"""An order from its first line to its submission: who may change what, and when."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from contracts.values import CustomerId, OrderId, StaffId, SubmissionId

from orders.domain.completeness import missing_from
from orders.domain.content import Address, Content, Refused, Shipping
from orders.domain.errors import NotAcceptable, NotADraft, NotUnderSubmission
from orders.domain.lines import LineTerms
from orders.domain.payments import PaymentTerms
from orders.domain.site import Site


class State(StrEnum):
    """Where an order stands."""

    DRAFT = "draft"
    SUBMITTING = "submitting"
    SUBMITTED = "submitted"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Customer:
    """Who the order is for; the name is as it was when they were chosen."""

    customer_id: CustomerId
    name: str


@dataclass(frozen=True, slots=True)
class Change:
    """What one change did, for the audit: only what differs, before and after (SC-2).

    Attributes:
        action: What was done, as a fixed word.
    """

    action: str
    before: object = None
    after: object = None


@dataclass(eq=False, kw_only=True)
class Order:
    """One order.

    Attributes:
        number: Readable, unique per site; given when the draft is started.
        version: Grows with every change.
        event_seq: Number of events published about it.
        submission_id: The submission that is running, or the last one that did.
        submitted_by: Who began it.
        submitted_at: When the order was submitted, UTC; none before that.
    """

    order_id: OrderId
    number: str
    site: Site
    created_at: datetime
    updated_at: datetime
    content: Content
    state: State = State.DRAFT
    version: int = 1
    event_seq: int = 0
    customer: Customer | None = None
    external_reference: str | None = None
    submission_id: SubmissionId | None = None
    submitted_by: StaffId | None = None
    submitted_at: datetime | None = None

    def next_event(self) -> int:
        """Give the next number in the gapless sequence of the order's events."""
        self.event_seq += 1
        return self.event_seq

    # -- edits

    def choose_customer(
        self, customer: Customer, billing: Address | None, shipping: Address | None
    ) -> Change:
        """Set who the order is for, and take over their addresses (FU-5).

        The first customer's do not replace addresses that were typed before.

        Raises:
            NotADraft: It cannot be changed any more.
        """
        now, was = self.content, self.customer
        if was is None:
            billing = now.billing_address or billing
            shipping = now.shipping_address or shipping
        elif was.customer_id == customer.customer_id:
            billing, shipping = now.billing_address, now.shipping_address
        self._edit(replace(now, billing_address=billing, shipping_address=shipping))
        self.customer = customer
        return Change(
            "customer chosen",
            before={"customer": was, **_addresses(now)},
            after={"customer": customer, **_addresses(self.content)},
        )

    def add_line(self, terms: LineTerms) -> Change:
        """Add a line.

        Raises:
            NotADraft: It cannot be changed any more.
            NotAcceptable: The line does not fit the order; the pointers are into the line.
        """
        self._edit(self.content.with_lines([("", terms)]))
        return Change("line added", after=self.content.lines[-1])

    def change_line(self, line_id: int, terms: LineTerms) -> Change:
        """Change a line.

        Raises:
            NotADraft: It cannot be changed any more.
            NoSuchPart: There is no such line.
            NotAcceptable: The line does not fit the order; the pointers are into the line.
        """
        before = self.content.line(line_id)
        after = replace(before, terms=terms)
        self._edit(self.content.with_line(after))
        return Change("line changed", before=before, after=after)

    def remove_line(self, line_id: int) -> Change:
        """Leave a line out.

        Raises:
            NotADraft: It cannot be changed any more.
            NoSuchPart: There is no such line.
        """
        gone = self.content.line(line_id)
        self._edit(self.content.without_line(line_id))
        return Change("line removed", before=gone)

    def set_addresses(self, billing: Address | None, shipping: Address | None) -> Change:
        """Set both addresses, on this order only (FU-5).

        Raises:
            NotADraft: It cannot be changed any more.
        """
        before = self.content
        self._edit(replace(before, billing_address=billing, shipping_address=shipping))
        return Change("addresses set", _addresses(before), _addresses(self.content))

    def set_shipping(self, shipping: Shipping) -> Change:
        """Set how the order is shipped and what that costs.

        Raises:
            NotADraft: It cannot be changed any more.
            NotAcceptable: The cost does not fit the order.
        """
        before = self.content.shipping
        self._edit(self.content.with_shipping(shipping))
        return Change("shipping set", before, shipping)

    def add_payment(self, terms: PaymentTerms, at: str = "") -> Change:
        """Add a payment; ``at`` points to it.

        Raises:
            NotADraft: It cannot be changed any more.
            NotAcceptable: There is no customer or line yet (PA-1), or it does not fit the order.
        """
        if self.customer is None or not self.content.lines:
            detail = "payments open once the order has a customer and a line"
            raise NotAcceptable.at(at, "ORDER_HAS_NO_DETAILS", detail)
        self._edit(self.content.with_payment(terms, at))
        added = self.content.payments[-1]
        shown = replace(added, terms=replace(terms, token=None))
        return Change("payment added", after=shown)

    def remove_payment(self, payment_no: int) -> Change:
        """Leave a payment out.

        Raises:
            NotADraft: It cannot be changed any more.
            NoSuchPart: There is no such payment.
        """
        self._edit(self.content.without_payment(payment_no))
        return Change("payment removed", before=payment_no)

    def set_notes(self, customer_note: str | None, staff_note: str | None) -> Change:
        """Set the notes: one goes with the order, the other stays with staff (GI-3).

        Raises:
            NotADraft: It cannot be changed any more.
        """
        was = self.content
        self._edit(replace(was, customer_note=customer_note, staff_note=staff_note))
        return Change(
            "notes set",
            before={"customer_note": was.customer_note, "staff_note": was.staff_note},
            after={"customer_note": customer_note, "staff_note": staff_note},
        )

    # -- submission

    def begin_submission(self, submission_id: SubmissionId, staff_id: StaffId) -> Change:
        """Hand the draft in; it cannot be edited until the submission has ended.

        Raises:
            NotADraft: It is under submission already, submitted or cancelled.
            NotAcceptable: Something is missing; the pointers are into the order (SU-1, SU-4).
        """
        self._must_be_draft("submitted")
        if missing := missing_from(self.content, self.site, has_customer=self.customer is not None):
            raise NotAcceptable(missing)
        self.content = replace(self.content, refusals=())
        self.state, self.submission_id = State.SUBMITTING, submission_id
        self.submitted_by = staff_id
        self.version += 1
        return Change("submission begun", after={"submission_id": submission_id})

    def submit(self, submission_id: SubmissionId, at: datetime) -> Change | None:
        """Fix the order at ``at`` (UTC).

        Returns:
            What this call did; none when it was done before, and the first time stands.

        Raises:
            NotUnderSubmission: It is not under this submission.
        """
        if self.submission_id == submission_id:
            match self.state:
                case State.SUBMITTING:
                    self.state, self.submitted_at = State.SUBMITTED, at
                    self.version += 1
                    return Change("submitted", after={"submission_id": submission_id})
                case State.SUBMITTED:
                    return None
                case State.DRAFT | State.CANCELLED:
                    pass
        raise NotUnderSubmission(self.order_id, self.state, submission_id)

    def give_back(
        self, submission_id: SubmissionId, refusals: Sequence[Refused], *, cancelled: bool
    ) -> Change | None:
        """Make it a draft again with the reasons, or cancel it when staff asked for that.

        Returns:
            What this call did; none when this submission had ended before.

        Raises:
            NotUnderSubmission: This submission has submitted the order.
        """
        if self.submission_id != submission_id:
            return None
        match self.state:
            case State.SUBMITTING:
                self.state = State.CANCELLED if cancelled else State.DRAFT
                self.content = replace(self.content, refusals=tuple(refusals))
                self.version += 1
                action = "cancelled" if cancelled else "returned"
                return Change(action, after={"refusals": self.content.refusals})
            case State.DRAFT | State.CANCELLED:
                return None
            case State.SUBMITTED:
                raise NotUnderSubmission(self.order_id, self.state, submission_id)

    def cancel(self) -> Change | None:
        """Drop the draft.

        Returns:
            What this call did; none when it was cancelled before.

        Raises:
            NotADraft: It is under submission or submitted.
        """
        if self.state is State.CANCELLED:
            return None
        self._must_be_draft("cancelled")
        self.state = State.CANCELLED
        self.version += 1
        return Change("cancelled")

    # -- within

    def _edit(self, content: Content) -> None:
        self._must_be_draft("edited")
        self.content = content
        self.version += 1

    def _must_be_draft(self, asked: str) -> None:
        if self.state is not State.DRAFT:
            raise NotADraft(self.order_id, self.state, asked)


def _addresses(content: Content) -> dict[str, Address | None]:
    return {"billing": content.billing_address, "shipping": content.shipping_address}
