"""An order from its first line to its submission: who may change what, and when."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from contracts.values import StaffId, SubmissionId

from orders.domain.cancelling import Cancellation, PaymentBack, StockBack
from orders.domain.completeness import missing_from
from orders.domain.content import Content
from orders.domain.draft import Change, Customer, Draft, State
from orders.domain.errors import (
    NoSuchPart,
    NotAcceptable,
    NotADraft,
    NotSubmitted,
    NotUnderSubmission,
)
from orders.domain.parts import Refused
from orders.domain.reasons import Reason

__all__ = ["Change", "Customer", "Order", "State"]


@dataclass(eq=False, kw_only=True)
class Order(Draft):
    """One order.

    Attributes:
        submission_id: The submission that is running, or the last one that did.
        submitted_by: Who began it.
        submitted_at: When the order was submitted, UTC; none before that.
    """

    submission_id: SubmissionId | None = None
    submitted_by: StaffId | None = None
    submitted_at: datetime | None = None

    def next_event(self) -> int:
        """Give the next number in the gapless sequence of the order's events."""
        self.event_seq += 1
        return self.event_seq

    def begin_submission(self, submission_id: SubmissionId, staff_id: StaffId) -> Change:
        """Hand the draft in; it cannot be edited until the submission has ended.

        Raises:
            NotADraft: It is under submission already, submitted or cancelled.
            NotAcceptable: Something is missing; the pointers are into the order (SU-1, SU-4).
        """
        self.must_be_draft("submitted")
        if missing := missing_from(self):
            raise NotAcceptable(missing)
        self.content = replace(self.content, refusals=(), hold_id=None)
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
                reason = self.content.cancel_reason if cancelled else None
                self.content = replace(self.content, refusals=tuple(refusals), cancel_reason=reason)
                self.version += 1
                action = "cancelled" if cancelled else "returned"
                return Change(action, after={"refusals": self.content.refusals, "reason": reason})
            case State.DRAFT | State.CANCELLED:
                return None
            case State.SUBMITTED:
                raise NotUnderSubmission(self.order_id, self.state, submission_id)

    def ask_to_cancel(self, reason: Reason | None) -> Change:
        """Note that the submission is asked to take itself back; the first reason stands."""
        if reason is not None and self.content.cancel_reason is None:
            self.content = replace(self.content, cancel_reason=reason)
            self.version += 1
        after = {"submission_id": self.submission_id, "reason": reason}
        return Change("cancel asked", after=after)

    def revise(self, content: Content, revision_id: UUID, reason: Reason | None) -> Change:
        """Put other content on the submitted order.

        Raises:
            NotSubmitted: It is not submitted.
        """
        if self.state is not State.SUBMITTED:
            raise NotSubmitted(self.state)
        total = self.content.totals().total
        self.content = replace(content, revisions=self.content.revisions + 1)
        self.version += 1
        after = {"revision_id": revision_id, "total": content.totals().total, "reason": reason}
        return Change("revised", before={"total": total}, after=after)

    def cancel_submitted(self, cancellation: Cancellation, reason: Reason | None) -> Change:
        """Cancel it after its submission; what was allocated and paid is still to go back.

        Raises:
            NotADraft: It is not submitted.
        """
        if self.state is not State.SUBMITTED:
            raise NotADraft(self.order_id, self.state, "cancelled")
        self.state = State.CANCELLED
        self.content = replace(self.content, cancellation=cancellation, cancel_reason=reason)
        self.version += 1
        after = {"cancellation_id": cancellation.cancellation_id, "reason": reason}
        return Change("cancelled", after=after)

    def note_cancellation(
        self,
        cancellation_id: UUID,
        stock: Sequence[StockBack],
        payments: Sequence[PaymentBack],
    ) -> Change | None:
        """Note what the cancel has brought back.

        Returns:
            What this call did; none when it was noted before.

        Raises:
            NoSuchPart: The order has no such cancel.
        """
        known = self.content.cancellation
        if known is None or known.cancellation_id != cancellation_id:
            raise NoSuchPart("cancellation")
        if known.done:
            return None
        noted = replace(known, done=True, stock=tuple(stock), payments=tuple(payments))
        self.content = replace(self.content, cancellation=noted)
        self.version += 1
        return Change("cancellation done", after={"stock": noted.stock, "payments": noted.payments})

    def cancel(self, reason: Reason | None = None) -> Change | None:
        """Drop the draft.

        Returns:
            What this call did; none when it was cancelled before.

        Raises:
            NotADraft: It is under submission or submitted.
        """
        if self.state is State.CANCELLED:
            return None
        self.must_be_draft("cancelled")
        self.state = State.CANCELLED
        self.content = replace(self.content, cancel_reason=reason)
        self.version += 1
        return Change("cancelled", after={"reason": reason} if reason else None)
