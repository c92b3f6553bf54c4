"""Mails to customers, as transactions write them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.values import CustomerId, SiteId


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to a customer.

    Attributes:
        expires_at: It is not worth sending afterwards (UTC).
    """

    mail_id: UUID
    customer_id: CustomerId
    site_id: SiteId
    sender_name: str
    recipient: str
    subject: str
    text: str
    created_at: datetime
    expires_at: datetime
