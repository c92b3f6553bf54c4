"""A sign-in account for a customer whom staff have entered (CU-9).

The link in the mail works once and for a while. The token in it is nowhere but there: its hash is
kept. Whoever opens it gives the storefront a password; no staff member sees one (CU-8).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from contracts.values import CustomerId, SiteId, new_id

from customers.domain.customer import Customer
from customers.domain.errors import Invalid, InvitationRefused, NoInvitation
from customers.domain.findings import Violation
from customers.domain.mails import Mail
from customers.domain.search import email_key
from customers.domain.sites import Site

OPEN_FOR = timedelta(hours=72)
_PATH = "/invitation?token="
_WHY = {
    "used": ("INVITATION_USED", "the invitation was used already"),
    "replaced": ("INVITATION_REPLACED", "a newer invitation was sent, or the e-mail has changed"),
    "moved": ("CUSTOMER_SET_MISMATCH", "the customer is not of the site's customer set any more"),
}
_DISABLED = ("CUSTOMER_DISABLED", "the customer is disabled")


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation to sign in at a site's storefront.

    Attributes:
        token: The secret of the link.
        email_key: To whom it was sent.
        ended_as: Why the link works no longer; none: it does, until ``expires_at`` (UTC).
    """

    token: str
    customer_id: CustomerId
    site_id: SiteId
    email_key: str
    created_at: datetime
    expires_at: datetime
    ended_as: Literal["used", "replaced"] | None = None

    def check_open(self, customer: Customer, site: Site, at: datetime) -> None:
        """Refuse a link that was used, was replaced, has expired, or belongs to another e-mail.

        Nor does it lead into the storefront of a customer set that is not the customer's (CS-4).

        Raises:
            InvitationRefused: It says why.
        """
        now_at = customer.details.email
        ended: str | None = self.ended_as
        if ended is None and (now_at is None or email_key(now_at) != self.email_key):
            ended = "replaced"
        if ended is None and site.terms.customer_set_id != customer.customer_set_id:
            ended = "moved"
        if ended is not None:
            raise InvitationRefused(*_WHY[ended])
        if at >= self.expires_at:
            raise InvitationRefused("INVITATION_EXPIRED", "the invitation has expired")
        if customer.disabled:
            raise InvitationRefused(*_DISABLED)


def invite(customer: Customer, site: Site, token: str, at: datetime) -> tuple[Invitation, Mail]:
    """Give an invitation of a customer to a site's storefront, and the mail that carries it.

    Raises:
        NoInvitation: The customer can sign in already or is disabled, or the site has no
            storefront.
        Invalid: The customer has no e-mail.
    """
    email, shop = customer.details.email, site.terms.storefront_url
    if customer.disabled:
        raise NoInvitation(*_DISABLED)
    if customer.is_registered:
        raise NoInvitation("ALREADY_REGISTERED", "the customer can sign in already")
    if shop is None:
        detail = f"site {site.code} has no storefront_url to lead the customer to"
        raise NoInvitation("STOREFRONT_UNKNOWN", detail)
    if email is None:
        raise Invalid([Violation("/email", "FIELD_REQUIRED", "an invitation needs an e-mail")])
    until = at + OPEN_FOR
    invitation = Invitation(token, customer.customer_id, site.site_id, email_key(email), at, until)
    return invitation, Mail(
        mail_id=new_id(),
        customer_id=customer.customer_id,
        site_id=site.site_id,
        sender_name=site.terms.name,
        recipient=email,
        subject=f"Your account at {site.terms.name}",
        text=_text(customer, site.terms.name, f"{shop}{_PATH}{token}", until),
        created_at=at,
        expires_at=until,
    )


def _text(customer: Customer, shop: str, link: str, until: datetime) -> str:
    return f"""Hello {customer.details.first_name},

{shop} has prepared an account for you. Follow this link to choose a password; the orders we have
taken for you will be there:

{link}

The link works once, until {until:%d %B %Y, %H:%M} UTC. If you did not expect this mail, ignore it.
"""
