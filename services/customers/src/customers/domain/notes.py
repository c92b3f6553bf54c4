"""What is kept beside a customer: notes, and whose orders are whose."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.values import CustomerId, CustomerSetId, OrderId, SiteId

from customers.domain.findings import Findings

MAX_NOTE = 5000


@dataclass(frozen=True, slots=True)
class Note:
    """What a staff member noted about a customer; never changed.

    Attributes:
        author: The staff member's id.
        at: UTC.
    """

    note_id: UUID
    customer_id: CustomerId
    author: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OrderOf:
    """Whose order it is.

    Attributes:
        customer_set_id: Of the order's site when it was submitted.
    """

    order_id: OrderId
    order_number: str
    site_id: SiteId
    customer_set_id: CustomerSetId
    customer_id: CustomerId


def check_note(text: str, findings: Findings) -> str:
    """Give a note's text, its lines kept; notes what is wrong with it at ``/text``."""
    lines = text.strip().splitlines()
    checked = [findings.text("/text", line, limit=MAX_NOTE) for line in lines]
    if not any(checked):
        findings.missing("/text")
    elif len(kept := "\n".join(checked)) <= MAX_NOTE:
        # Once more as a whole: a card number may go over two lines.
        findings.text("/text", kept, limit=MAX_NOTE)
        return kept
    else:
        findings.add("/text", "TOO_LONG", f"this has more than {MAX_NOTE} characters")
    return ""
